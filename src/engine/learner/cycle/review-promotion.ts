import type {
  LiveDifference,
  PromotionAction,
  PromotionReview,
} from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicySnapshot } from "../../../domain/policy-snapshot.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { mark, retireCandidates, withoutRivals } from "../../../domain/take-over.ts";
import { judgeLive, type LiveArm, liveDifference } from "../../../evaluation/live-difference.ts";
import { formatSignificant } from "../../../numeric/format.ts";
import type { Store, UserRewards } from "../../../storage/store.ts";
import type { Reviewed } from "./review.ts";

/** Reviews after which a promotion that was found neither better nor worse stands, and its holdback ends. */
const mostLooks = 20;

interface PromotionInput {
  readonly store: Store;
  readonly scenario: Scenario;
  readonly assignment: Assignment;
  /** Milliseconds since 1970: decisions whose windows have closed by then count. */
  readonly now: number;
}

/**
 * Rewards as shares of the rule's range, as the gate has them. With a discount each user's total,
 * since a policy may earn by longer sessions instead of by the row.
 */
function toArm(users: readonly UserRewards[], { reward, discount }: Scenario): LiveArm {
  const { minimum, maximum } = reward;
  if (discount > 0) {
    return {
      rewardSums: Float64Array.from(users, ({ rewardSum }) => rewardSum / (maximum - minimum)),
      rows: new Float64Array(users.length).fill(1),
    };
  }
  return {
    rewardSums: Float64Array.from(
      users,
      ({ rows, rewardSum }) => (rewardSum - rows * minimum) / (maximum - minimum),
    ),
    rows: Float64Array.from(users, ({ rows }) => rows),
  };
}

async function compareLive(
  { store, scenario, now }: PromotionInput,
  versions: { readonly serving: number; readonly holdback: number },
  since: number,
): Promise<LiveDifference> {
  const span = { scenario: scenario.name, since, closedBefore: now, rule: scenario.reward };
  const read = async (arm: "serving" | "holdback") => {
    const users = await store.decisions.userRewards({ ...span, arm, policyVersion: versions[arm] });
    return toArm(users, scenario);
  };
  return liveDifference({ serving: await read("serving"), holdback: await read("holdback") });
}

function decide(live: LiveDifference, looks: number): PromotionAction {
  const found = judgeLive(live);
  if (found === "open") return looks >= mostLooks ? "expire" : "keep";
  return found === "worse" ? "roll-back" : "confirm";
}

function explain(
  live: LiveDifference,
  action: PromotionAction,
  { version, unit }: { readonly version: number; readonly unit: "row" | "user" },
): string {
  const { serving, holdback, difference, interval } = live;
  const users = `${serving.users} users against ${holdback.users} who kept the policy before`;
  if (difference === undefined || interval === undefined)
    return `Policy ${version} live: too few to tell, ${users}.`;
  const told = {
    keep: "that decides nothing yet",
    confirm: "a loss of 5 % is ruled out, so the promotion is confirmed",
    expire: `that decides nothing after ${mostLooks} looks, so the promotion stands`,
    "roll-back": "the policy before serves again",
  }[action];
  return (
    `Policy ${version} live: ${difference < 0 ? "worse" : "better"} by ${formatSignificant(Math.abs(difference))} a ${unit}, ` +
    `99 % bounds ${formatSignificant(interval[0])} and ${formatSignificant(interval[1])}, ${users}; ${told}.`
  );
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
        assignment: alone,
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
export async function reviewPromotion(input: PromotionInput): Promise<Reviewed> {
  const { assignment, store } = input;
  const { serving, holdback } = assignment;
  const promoted = serving === undefined ? undefined : await store.policies.find(serving);
  if (promoted === undefined || holdback === undefined) return { assignment, statuses: [] };
  const { version, evidence } = promoted;
  const since = evidence.promotion?.promotedAt ?? promoted.createdAt;
  const live = await compareLive(input, { serving: version, holdback }, since);
  const before = evidence.realised;
  const looks = (before?.since === since ? before.looks : 0) + 1;
  const action = decide(live, looks);
  const unit = input.scenario.discount > 0 ? "user" : "row";
  const reason = explain(live, action, { version, unit });
  const promotion = { version, replaced: holdback, since, looks, action, reason, ...live };
  return { ...apply(assignment, promotion, promoted), promotion };
}
