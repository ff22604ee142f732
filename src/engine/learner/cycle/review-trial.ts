import type { Guard } from "../../../domain/gate-record.ts";
import type { CanaryAction, CanaryReview, CanaryTrial } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicySnapshot } from "../../../domain/policy-snapshot.ts";
import { expectLift } from "../../../evaluation/expected-lift.ts";
import { harmedMetrics, tellGuards } from "../../../evaluation/guard-metrics.ts";
import type { LiveComparison, LiveVerdict } from "../../../evaluation/live-difference.ts";
import { longestTrialDays } from "../../../evaluation/live-traffic.ts";
import { compareLive, type LiveScene, tellDifference } from "../../live/compare-live.ts";
import { compareMetrics } from "../../live/compare-metrics.ts";
import { askFirst, dropCanary, promoteCanary } from "./promotion.ts";
import type { Reviewed } from "./review.ts";

interface TrialInput extends LiveScene {
  readonly assignment: Assignment;
  /** Share of the users who keep the policy that a canary replaces. */
  readonly holdbackShare: number;
  /** τ of `spreadOfLifts`. */
  readonly spread: number;
}

/** Of canaries from before deadlines were written down: the longest time. */
const trialOf = ({ createdAt, evidence }: PolicySnapshot): CanaryTrial =>
  evidence.trial ?? { since: createdAt, deadline: createdAt + longestTrialDays * 86_400_000 };

/** Guard metrics are asked if rewards are better, and then decide once: a look that can't decide leaves it to the next. */
export function decideTrial(
  verdict: LiveVerdict,
  options: {
    readonly isOver: boolean;
    readonly assignment: Assignment;
    readonly guards: readonly Guard[];
  },
): CanaryAction {
  const { isOver, assignment, guards } = options;
  const isBetter = verdict === "better";
  if (verdict === "worse" || (isBetter && harmedMetrics(guards).length > 0)) return "lose";
  const { mode, canary, waiting } = assignment;
  const isGuarded = guards.some(({ passed }) => !passed);
  if (isBetter && !isGuarded && mode !== "paused") return mode === "ask" ? "ask" : "promote";
  // What is proven waits for an operator, however long that takes.
  const isProven = (isBetter && !isGuarded) || waiting === canary;
  return isOver && !isProven ? "expire" : "keep";
}

function explain(
  { tested, reference, found }: LiveComparison,
  action: CanaryAction,
  {
    version,
    scenario,
    guards,
  }: { readonly version: number; readonly guards: readonly Guard[] } & Pick<LiveScene, "scenario">,
): string {
  const users = `${tested.users} users against ${reference.users} of the serving policy`;
  const end = {
    keep: "it stays a canary",
    promote: "it is proven better and takes over",
    ask: "it is proven better and waits for approval",
    lose: "it leaves",
    expire: "its time is up, so it leaves undecided",
  }[action];
  const told = `Canary ${version} live: ${tellDifference(found, scenario) ?? "too few to tell"}, ${users}; ${end}.`;
  return [told, tellGuards(guards) ?? []].flat().join(" ");
}

function apply(
  { assignment, holdbackShare, spread, now }: TrialInput,
  { version, evidence }: PolicySnapshot,
  canary: CanaryReview,
): Pick<Reviewed, "assignment" | "statuses"> {
  const { reason, action } = canary;
  const known = { version, evidence: { ...evidence, tried: canary } };
  const proof = { reason, predicted: expectLift(canary, spread) ?? {}, holdbackShare, now };
  switch (action) {
    case "keep":
      return { assignment, statuses: [{ ...known, status: "canary" }] };
    case "promote":
      return promoteCanary(assignment, known, proof);
    case "ask":
      return askFirst(assignment, known, proof);
    case "lose":
      return dropCanary(assignment, known, "lost");
    case "expire":
      return dropCanary(assignment, known, "undecided");
    default:
      throw new RangeError(`no action ${String(action satisfies never)}`);
  }
}

/**
 * Compares a canary with the serving policy, on live rewards of users assigned at random. If it is
 * better, it takes over; if it is worse, or its time is up, it leaves. However often it looks, an end of its
 * interval errs for at most 1 % of the canaries (docs/methods/gate.md).
 */
export async function reviewTrial(input: TrialInput): Promise<Reviewed> {
  const { assignment, store, scenario, now } = input;
  const { serving, canary: version } = assignment;
  const canary = version === undefined ? undefined : await store.policies.find(version);
  if (canary === undefined || version === undefined || serving === undefined)
    return { assignment, statuses: [] };
  const trial = trialOf(canary);
  const arms = {
    tested: { arm: "canary", policyVersion: version },
    reference: { arm: "serving", policyVersion: serving },
  } as const;
  const live = await compareLive(input, arms, trial);
  const guards = await compareMetrics(input, arms, trial);
  const action = decideTrial(live.verdict, { isOver: now >= trial.deadline, assignment, guards });
  const reason = explain(live, action, { version, scenario, guards });
  const { tested, reference, found } = live;
  const about = { version, ...trial, action, reason, ...(guards.length > 0 && { guards }) };
  const review = { ...about, canary: tested, serving: reference, ...found };
  return { ...apply(input, canary, review), canary: review };
}
