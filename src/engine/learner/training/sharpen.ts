import type { FirstSlates } from "../../../domain/first-slates.ts";
import type { SlateEvidence } from "../../../domain/policy-evidence.ts";
import { formatShareToTenth } from "../../../numeric/format.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import { type Network, withEncoder } from "../../../policy/network.ts";
import { initialNetwork, openNetworkPolicy } from "../../../policy/network-policy.ts";
import type { Policy } from "../../../policy/policy.ts";
import { loadPopularityPolicy } from "../../../policy/popularity.ts";
import { decodeTensors } from "../../../policy/snapshot.ts";
import { chooseTemperature, keepsHits, measureSlates } from "./choose-temperature.ts";
import { type HeldOut, type ItemContext, readCases, type SlateCase } from "./slate-cases.ts";

interface SharpenOptions {
  readonly baseline: Uint8Array;
  readonly measuring: readonly HeldOut[];
  readonly choosing: readonly HeldOut[];
  readonly context: ItemContext;
  readonly random: RandomStream;
}

async function readAndClose(
  opening: Policy | Promise<Policy>,
  heldOut: readonly HeldOut[],
  options: SharpenOptions,
): Promise<readonly SlateCase[]> {
  const policy = await opening;
  return readCases(policy, heldOut, options).finally(() => policy.close());
}

/** The same network with log-odds divided by the temperature: the policy before any feedback. */
const withTemperature = (network: Network, temperature: number): Network => ({
  ...network,
  parameters: { ...network.parameters, logOddsWeights: Float32Array.of(1 / temperature) },
});

/**
 * Sets the policy temperature of a network on an encoder, whose log-odds alone choose it. Some users choose it; others measure the
 * network's and the baseline's slates.
 *
 * @throws RangeError for fewer than two users of either kind
 */
export async function sharpen(
  network: Network,
  options: SharpenOptions,
): Promise<{ readonly network: Network; readonly slates: FirstSlates }> {
  const { measuring, choosing, context, random } = options;
  const { scenario } = context;
  // The head's part is evidence of rewards, and stays as it is.
  const headless = withEncoder(initialNetwork(random.split("headless")), network.encoder);
  const plain = openNetworkPolicy(withTemperature(headless, 1));
  const cases = await readAndClose(plain, choosing, options);
  const choice = chooseTemperature(cases, { scenario, random: random.split("choose") });
  const { temperature } = choice.chosen;
  const sharpened = withTemperature(network, temperature);
  const measure = async (policy: Policy | Promise<Policy>) =>
    measureSlates(await readAndClose(policy, measuring, options), { scenario, random });
  const slates = {
    slateSize: scenario.slateSize,
    users: measuring.length,
    network: await measure(openNetworkPolicy(sharpened)),
    popularity: await measure(loadPopularityPolicy(decodeTensors(options.baseline))),
    temperature,
    choice,
  };
  return { network: sharpened, slates };
}

/** Evidence of the network's version: the curve of temperatures is in its cycle's record alone. */
export function evidenceOf({
  choice,
  network,
  popularity,
  ...measured
}: FirstSlates): SlateEvidence {
  const { curve: _, ...chosen } = choice;
  return { ...measured, ...network, popularity, choice: chosen };
}

const percent = ({ mean }: { readonly mean: number }) => formatShareToTenth(mean);

/** One sentence for a person. */
export function describeSlates({ network, popularity, users, choice }: FirstSlates): string {
  const { served, sorted } = network;
  const found = `the trained policy's slates hold the next item of ${percent(served)} of ${users} users, popularity's of ${percent(popularity.served)}`;
  if (keepsHits(choice.chosen)) return found;
  return `${found}; sorted they would hold that of ${percent(sorted)}, but leave too few effective choices`;
}
