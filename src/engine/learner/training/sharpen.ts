import type { FirstSlates } from "../../../domain/first-slates.ts";
import { formatShareToTenth } from "../../../numeric/format.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import { loadPolicy } from "../../../policy/load-policy.ts";
import type { Network } from "../../../policy/network.ts";
import { encodeNetwork } from "../../../policy/network-policy.ts";
import { scaleScores } from "../../../policy/scale-scores.ts";
import { chooseTemperature, keepsHits, measureSlates } from "./choose-temperature.ts";
import type { NextItemContext } from "./next-items.ts";
import { type HeldOut, readCases, type SlateCase } from "./slate-cases.ts";

interface SharpenOptions {
  readonly baseline: Uint8Array;
  readonly heldOut: readonly HeldOut[];
  readonly context: NextItemContext;
  readonly random: RandomStream;
}

async function readSnapshot(
  bytes: Uint8Array,
  heldOut: readonly HeldOut[],
  options: SharpenOptions,
): Promise<readonly SlateCase[]> {
  const policy = await loadPolicy(bytes);
  return readCases(policy, heldOut, options).finally(() => policy.close());
}

/**
 * Folds the policy temperature into a network, so that its scores are the log-odds that serving draws from. Every other
 * user chooses the temperature; the rest measure the network's and the baseline's slates.
 *
 * @throws RangeError for fewer than four users
 */
export async function sharpen(
  network: Network,
  options: SharpenOptions,
): Promise<{ readonly bytes: Uint8Array; readonly slates: FirstSlates }> {
  const { heldOut, context, random } = options;
  const { scenario } = context;
  const measuring = heldOut.filter((_, index) => index % 2 === 0);
  const choosing = heldOut.filter((_, index) => index % 2 === 1);
  const cases = await readSnapshot(encodeNetwork(network), choosing, options);
  const choice = chooseTemperature(cases, { scenario, random: random.split("choose") });
  const { temperature } = choice.chosen;
  const bytes = encodeNetwork(scaleScores(network, 1 / temperature));
  const measure = async (snapshot: Uint8Array) =>
    measureSlates(await readSnapshot(snapshot, measuring, options), { scenario, random });
  const slates = {
    slateSize: scenario.slateSize,
    users: measuring.length,
    network: await measure(bytes),
    popularity: await measure(options.baseline),
    temperature,
    choice,
  };
  return { bytes, slates };
}

const percent = ({ mean }: { readonly mean: number }) => formatShareToTenth(mean);

/** One sentence for a person. */
export function describeSlates({ network, popularity, users, choice }: FirstSlates): string {
  const { served, sorted } = network;
  const found = `the pretrained policy's slates hold the next item of ${percent(served)} of ${users} users, popularity's of ${percent(popularity.served)}`;
  if (keepsHits(choice.chosen)) return found;
  return `${found}; sorted they would hold that of ${percent(sorted)}, but leave too few effective choices`;
}
