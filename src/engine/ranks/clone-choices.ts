import { type ItemId, itemId } from "../../domain/ids.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { distil } from "../../learning/distil.ts";
import type { RandomStream } from "../../numeric/random.ts";
import type { EncoderSource } from "../../policy/encoder/encoder.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { encodeNetwork, initialNetwork, openNetworkPolicy } from "../../policy/network-policy.ts";
import type { ItemView, Policy, PolicyState } from "../../policy/policy.ts";
import { scaleScores } from "../../policy/scale-scores.ts";
import { viewCandidate } from "../serving/candidates.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { createState } from "../state/read-state.ts";
import type { Demonstration } from "./demonstrations.ts";

/** A choice as a policy sees it. */
export interface CallerChoice {
  readonly state: PolicyState;
  readonly next: ItemView;
  readonly candidates: readonly ItemView[];
}

/** An action has the features that it came with last: a policy tells actions apart by them. */
export function toChoices(
  demonstrations: readonly Demonstration[],
  { scenario, catalogue }: { readonly scenario: Scenario; readonly catalogue: Catalogue },
): readonly CallerChoice[] {
  const views = new Map<ItemId, ItemView>();
  for (const { candidates } of demonstrations)
    for (const candidate of candidates)
      if (!views.has(candidate.itemId))
        views.set(candidate.itemId, viewCandidate(candidate, catalogue));
  const user = { history: [], attributes: {} };
  return demonstrations.flatMap(({ context, candidates, chosen }) => {
    const next = views.get(itemId(chosen));
    const state = createState({ user, catalogue, scenario, context });
    const offered = candidates.flatMap(({ itemId: id }) => views.get(id) ?? []);
    return next ? [{ state, next, candidates: offered }] : [];
  });
}

/** Share of the choices that are the policy's most likely action, ties shared evenly. */
async function countMatches(policy: Policy, choices: readonly CallerChoice[]): Promise<number> {
  let matches = 0;
  for (const { state, next, candidates } of choices) {
    const logits = await policy.logits(state, candidates);
    const largest = Math.max(...logits);
    const best = candidates.filter((_, index) => logits[index] === largest);
    if (best.includes(next)) matches += 1 / best.length;
  }
  return matches / Math.max(1, choices.length);
}

export async function measureMatches(
  bytes: Uint8Array,
  choices: readonly CallerChoice[],
  encoders: EncoderSource,
): Promise<number> {
  const policy = await loadPolicy(bytes, encoders);
  try {
    return await countMatches(policy, choices);
  } finally {
    await policy.close();
  }
}

/** A short training orders actions well before it is sure of them: the factor of the scores is chosen apart. */
const factors = [1, 2, 4, 8, 16, 32, 64];

/** log π of index `chosen` under logits that are multiplied by `factor`. */
function logLikelihood(logits: Float64Array, chosen: number, factor: number): number {
  const largest = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(factor * (logit - largest)), 0);
  return factor * ((logits[chosen] ?? Number.NaN) - largest) - Math.log(total);
}

/** The factor under which the held-out choices are most likely. */
async function chooseFactor(policy: Policy, choices: readonly CallerChoice[]): Promise<number> {
  const sums = factors.map(() => 0);
  for (const { state, next, candidates } of choices) {
    const logits = await policy.logits(state, candidates);
    const chosen = candidates.indexOf(next);
    for (const [index, factor] of factors.entries())
      sums[index] = (sums[index] ?? 0) + logLikelihood(logits, chosen, factor);
  }
  return factors[sums.indexOf(Math.max(...sums))] ?? 1;
}

/** Snapshot of a policy that makes the choices (behaviour cloning, Pomerleau 1991). */
export async function cloneChoices(options: {
  readonly rows: readonly CallerChoice[];
  readonly heldOut: readonly CallerChoice[];
  readonly random: RandomStream;
  readonly threads: number;
}): Promise<Uint8Array> {
  const { heldOut, random, threads } = options;
  const rows = options.rows.map(({ state, next, candidates }) => {
    const action = candidates.indexOf(next);
    const target = Float64Array.from(candidates, (_, index) => (index === action ? 1 : 0));
    return { state, candidates, action, target };
  });
  const { network } = await distil({
    network: initialNetwork(random.split("network")),
    rows,
    objective: "cross-entropy",
    random,
    threads,
  });
  const policy = await openNetworkPolicy(network);
  try {
    return encodeNetwork(scaleScores(network, await chooseFactor(policy, heldOut)));
  } finally {
    await policy.close();
  }
}
