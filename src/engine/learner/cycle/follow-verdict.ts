import { isDeepStrictEqual } from "node:util";
import { endingOf, leavesServing } from "../../../domain/ending.ts";
import { servesWithLoop } from "../../../domain/fast-loop.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import { explore } from "../../../mpo/explore.ts";
import { createRandom } from "../../../numeric/random.ts";
import { initialNetwork } from "../../../policy/network-policy.ts";
import { planTrial } from "../../live/plan-trial.ts";
import type { CycleOptions } from "./cycle-options.ts";
import type { Findings } from "./findings.ts";

/** All that follows from the gate's verdict: whether popularity, or chance after a collapse, serves from now on, the canary's trial, and ε until the next cycle. */
export async function followVerdict(
  { store, scenario, configuration, clock, seed }: CycleOptions,
  {
    gate,
    reviewed,
    improvement,
    renew,
    assignment,
    ground,
  }: Pick<Findings, "gate" | "reviewed" | "improvement" | "renew" | "assignment" | "ground">,
): Promise<Pick<Findings, "start" | "trial" | "exploration">> {
  const begin = reviewed.collapsed === undefined ? renew : () => initialNetwork(createRandom(seed));
  const start = leavesServing(gate, reviewed) ? begin?.() : undefined;
  const ending = endingOf(gate, reviewed);
  const trial =
    ending === "canary"
      ? await planTrial(
          { store, scenario, now: clock() },
          { share: configuration.canaryShare, predicted: gate.relativeLift },
        )
      : undefined;
  // A candidate is trained, on the encoder of the serving policy.
  const next = ending === "promote" ? { ...ground, isPopularity: false } : ground;
  const exploration = explore(
    improvement,
    {
      takesOver: ending === "promote",
      floor: scenario.exploration,
      exploresItself: start !== undefined || servesWithLoop(scenario.fastLoop, next),
      before: assignment.exploration ?? scenario.exploration,
      range: scenario.reward,
      discount: scenario.discount,
    },
    configuration.learner.mpo.exploration,
  );
  return { start, trial, exploration };
}

/** Whether promotions were paused, asked for or resumed, and nothing else. A pinned policy is not reviewed. */
function differInMode(before: Assignment, now: Assignment): boolean {
  const { mode: earlier, ...one } = before;
  const { mode, ...other } = now;
  const isPinned = earlier === "pinned" || mode === "pinned";
  return mode !== earlier && !isPinned && isDeepStrictEqual(one, other);
}

/**
 * The findings as they are under the present mode of promotions, if that is all that an operator has changed since the cycle began. What
 * a review did, and what becomes of a canary, depends on the mode: then the cycle has to run again.
 */
export async function followMode(
  options: CycleOptions,
  findings: Findings,
): Promise<Findings | undefined> {
  const { reviewed, assignment: before } = findings;
  const assignment = await options.store.policies.assignment(findings.scenario.name);
  const isStanding = before.canary === undefined && isDeepStrictEqual(reviewed.assignment, before);
  if (!isStanding || !differInMode(before, assignment)) return undefined;
  const followed = { ...findings, assignment, reviewed: { ...reviewed, assignment } };
  return { ...followed, ...(await followVerdict(options, followed)) };
}
