import { type Ending, endingOf, type Standing } from "../../../domain/ending.ts";
import type { GateRecord } from "../../../domain/gate-record.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { Network } from "../../../policy/network.ts";
import { measurePopularity } from "../../../policy/popularity.ts";
import { isUniform, isUntrained, popularityNetwork } from "../../../policy/popularity-network.ts";
import type { CycleFeedback } from "./read-feedback.ts";

export const startReason = "Popularity serves until a trained policy is proven better.";

/** A policy that shows whatever comes has nothing that a canary could lose or prove: popularity serves first. */
export const closesCanaries = (serving: Network): Pick<Standing, "noCanary"> =>
  isUniform(serving) ? { noCanary: "popularity serves in place of the uniform choice first" } : {};

/** A canary is compared with the policy that served at its start, which then stays. */
const leavesServing = (ending: Ending, { assignment }: Standing): boolean =>
  (ending === "hold" || ending === "not-enough-data") &&
  assignment.canary === undefined &&
  assignment.waiting === undefined &&
  assignment.mode !== "pinned" &&
  assignment.mode !== "paused";

/**
 * Popularity by all feedback so far, for a loop that has no trained policy yet: a new shop should earn no less than its own baseline
 * while it learns. It is renewed by each cycle, and needs no gate, as the baseline needs none (docs/decisions/0057).
 * @returns undefined if a trained policy serves, or takes over, or is compared live
 */
export function startPolicy(
  serving: Network,
  {
    gate,
    standing,
    feedback,
    scenario,
    random,
  }: {
    readonly gate: GateRecord;
    readonly standing: Standing;
    readonly feedback: Pick<CycleFeedback, "itemRewards">;
    readonly scenario: Pick<Scenario, "slateSize">;
    readonly random: RandomStream;
  },
): Network | undefined {
  if (!isUntrained(serving) || !leavesServing(endingOf(gate, standing), standing)) return undefined;
  const popularity = measurePopularity(feedback.itemRewards);
  return popularityNetwork(popularity, { slateSize: scenario.slateSize, random });
}
