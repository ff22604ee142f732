import { endingOf, leavesServing } from "../../../domain/ending.ts";
import type { GateRecord } from "../../../domain/gate-record.ts";
import type { CanaryTrial } from "../../../domain/policy-evidence.ts";
import type { NetworkImprovement } from "../../../learning/network-family.ts";
import { explore } from "../../../mpo/explore.ts";
import type { Network } from "../../../policy/network.ts";
import { planTrial } from "./compare-live.ts";
import type { CycleOptions } from "./cycle-options.ts";
import type { Reviewed } from "./review.ts";

/** The candidate's verdict, and the standing of the policies that it meets. */
interface GatedCycle {
  readonly gate: GateRecord;
  readonly reviewed: Reviewed;
  readonly improvement: NetworkImprovement;
  /** Popularity that may take the serving policy's place. */
  readonly renew: (() => Network) | undefined;
  /** ε until now. */
  readonly before: number | undefined;
}

/** All that follows from the gate's verdict: whether popularity serves from now on, the canary's trial, and ε until the next cycle. */
export async function followVerdict(
  { store, scenario, configuration, clock }: CycleOptions,
  { gate, reviewed, improvement, renew, before = scenario.exploration }: GatedCycle,
): Promise<{
  readonly start: Network | undefined;
  readonly trial: CanaryTrial | undefined;
  readonly exploration: number;
}> {
  const start = leavesServing(gate, reviewed) ? renew?.() : undefined;
  const ending = endingOf(gate, reviewed);
  const trial =
    ending === "canary"
      ? await planTrial(
          { store, scenario, now: clock() },
          { share: configuration.canaryShare, predicted: gate.relativeLift },
        )
      : undefined;
  const exploration = explore(
    improvement,
    {
      takesOver: ending === "promote",
      floor: scenario.exploration,
      exploresItself: scenario.fastLoop.enabled || start !== undefined,
      before,
      range: scenario.reward,
      discount: scenario.discount,
    },
    configuration.learner.mpo.exploration,
  );
  return { start, trial, exploration };
}
