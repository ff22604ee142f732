import type { Scenario } from "../../../domain/scenario.ts";
import type { Fold } from "../../../mpo/judged-row.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { Network } from "../../../policy/network.ts";
import { measurePopularity } from "../../../policy/popularity.ts";
import { isUntrained, popularityNetwork } from "../../../policy/popularity-network.ts";
import type { CycleFeedback } from "./read-feedback.ts";

/** Popularity in the place of the serving policy. */
export interface RenewedStart {
  /** Of all feedback. */
  readonly start: () => Network;
  /** Each without a half of the new feedback, which judges it. */
  readonly halves: Readonly<Record<Exclude<Fold, "older">, Network>>;
}

/** Undefined in the place of a trained policy, unless popularity beats it. */
export function renewStart(
  serving: Network,
  parts: {
    readonly isBeaten: boolean;
    readonly scenario: Pick<Scenario, "slateSize" | "maxCandidates">;
    readonly feedback: Pick<CycleFeedback, "itemRewards">;
    readonly random: RandomStream;
  },
): RenewedStart | undefined {
  const { isBeaten, scenario, feedback, random } = parts;
  if (!isBeaten && !isUntrained(serving)) return undefined;
  const { slateSize, maxCandidates } = scenario;
  const start = (without?: Fold) =>
    popularityNetwork(measurePopularity(feedback.itemRewards(without)), {
      ...{ slateSize, maxCandidates, random },
    });
  return { start, halves: { first: start("first"), second: start("second") } };
}
