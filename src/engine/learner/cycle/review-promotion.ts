import { dayMs } from "../../../domain/durations.ts";
import type { PromotionAction, PromotionReview } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicySnapshot } from "../../../domain/policy-snapshot.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { mark, retireCandidates, withoutRivals } from "../../../domain/take-over.ts";
import type { LiveComparison, LiveVerdict } from "../../../evaluation/live-difference.ts";
import { compareLive, type LiveScene, tellDifference } from "./compare-live.ts";
import type { Reviewed } from "./review.ts";

/**
 * Reviews and whole days after which a promotion that was found neither better nor worse stands,
 * and its holdback ends: cycles may be minutes apart, and weekdays differ.
 */
const most = { looks: 20, days: 14 };

function decide(
  verdict: LiveVerdict,
  { looks, days }: { readonly looks: number; readonly days: number },
): PromotionAction {
  if (verdict === "worse") return "roll-back";
  if (verdict !== "open") return "confirm";
  return looks >= most.looks && days >= most.days ? "expire" : "keep";
}

function explain(
  { tested, reference, found }: LiveComparison,
  action: PromotionAction,
  { version, scenario }: { readonly version: number; readonly scenario: Scenario },
): string {
  const users = `${tested.users} users against ${reference.users} who kept the policy before`;
  const told = tellDifference(found, scenario);
  if (told === undefined) return `Policy ${version} live: too few to tell, ${users}.`;
  const end = {
    keep: "that decides nothing yet",
    confirm: "a loss of 5 % is ruled out, so the promotion is confirmed",
    expire: `that decides nothing after ${most.looks} looks and ${most.days} days, so the promotion stands`,
    "roll-back": "the policy before serves again",
  }[action];
  return `Policy ${version} live: ${told}, ${users}; ${end}.`;
}

function apply(
  assignment: Assignment,
  review: PromotionReview,
  { evidence }: PolicySnapshot,
): Reviewed {
  const { version, replaced, action } = review;
  const known = { ...evidence, realised: review };
  const { holdback: _, holdbackShare: __, ...alone } = assignment;
  switch (action) {
    case "keep":
      return { assignment, statuses: [{ version, status: "serving", evidence: known }] };
    case "confirm":
    case "expire":
      return {
        assignment: action === "confirm" ? { ...alone, retriever: version } : alone,
        statuses: [{ version, status: "serving", evidence: known }, ...mark(replaced, "retired")],
      };
    case "roll-back":
      return {
        assignment: { ...withoutRivals(assignment), serving: replaced },
        statuses: [
          { version, status: "rolled-back", evidence: known },
          ...mark(replaced, "serving"),
          ...retireCandidates(assignment),
        ],
      };
    default:
      throw new RangeError(`no action ${String(action satisfies never)}`);
  }
}

/**
 * Compares a promoted policy with the replaced one, on live rewards of users assigned at random. If
 * it is worse, the kept snapshot serves again. If it is not worse, or the time is up, the
 * comparison ends. However often it looks, an end of its interval errs for at most 1 % of the
 * promotions (docs/methods/gate.md).
 */
export async function reviewPromotion(
  input: LiveScene & { readonly assignment: Assignment },
): Promise<Reviewed> {
  const { assignment, store, scenario, now } = input;
  const { serving, holdback } = assignment;
  const promoted = serving === undefined ? undefined : await store.policies.find(serving);
  if (promoted === undefined || holdback === undefined) return { assignment, statuses: [] };
  const { version, evidence } = promoted;
  const since = evidence.promotion?.promotedAt ?? promoted.createdAt;
  const arms = {
    tested: { arm: "serving", policyVersion: version },
    reference: { arm: "holdback", policyVersion: holdback },
  } as const;
  const live = await compareLive(input, arms, { since });
  const before = evidence.realised;
  const looks = (before?.since === since ? before.looks : 0) + 1;
  const days = Math.floor((now - since) / dayMs);
  const action = decide(live.verdict, { looks, days });
  const reason = explain(live, action, { version, scenario });
  const { tested, reference, found } = live;
  const about = { version, replaced: holdback, since, looks, action, reason };
  const promotion = { ...about, serving: tested, holdback: reference, ...found };
  return { ...apply(assignment, promotion, promoted), promotion };
}
