import type { Feedback } from "../../domain/decision.ts";
import type { ItemId, UserId } from "../../domain/ids.ts";
import type { RewardRule, Scenario } from "../../domain/scenario.ts";
import type { FeedbackRow, Fold } from "../../learning/feedback-row.ts";
import { hashUniform } from "../../numeric/hash.ts";
import type { ItemView, PolicyState } from "../../policy/policy.ts";
import type { ItemRewards } from "../../policy/popularity.ts";
import type { Store } from "../../storage/store.ts";
import { viewLogged } from "../candidates.ts";
import type { Catalogue } from "../catalogue.ts";
import { createState, readUser } from "../read-state.ts";
import { type ReadDecision, readSessions } from "./session-returns.ts";
import { normaliseReward, settleReward } from "./settle-reward.ts";

/** Candidates over all rows that a cycle keeps in memory, 8 bytes each: the newest decisions are kept. */
const maxCells = 20_000_000;
const pageSize = 1000;

export interface CycleFeedback {
  readonly rows: readonly FeedbackRow[];
  readonly users: number;
  readonly decisions: number;
  /** Decisions that no network has been trained on: after `previous`; with a discount those of sessions that have ended since. */
  readonly newDecisions: number;
  /** Event number of the newest decision read. */
  readonly throughSequence: number;
  readonly itemRewards: ReadonlyMap<ItemId, ItemRewards>;
}

async function readDecisions(options: {
  readonly store: Store;
  readonly scenario: Scenario;
  readonly now: number;
  readonly maxDecisions: number;
}): Promise<Feedback[]> {
  const { store, scenario, now, maxDecisions } = options;
  const kept: Feedback[] = [];
  let after = 0;
  for (;;) {
    const page = await store.decisions.feedback({
      scenario: scenario.name,
      after,
      closedBefore: now,
      limit: pageSize,
    });
    kept.push(...page);
    if (kept.length > 2 * maxDecisions) kept.splice(0, kept.length - maxDecisions);
    if (page.length < pageSize) return kept.slice(-maxDecisions);
    after = page.at(-1)?.sequence ?? after;
  }
}

/** New feedback is halved by user and cycle, so that a user's rows are all in one half. */
const chooseFold = (userId: UserId, cycle: number): Fold =>
  hashUniform(`fold/${cycle}/${userId}`) < 0.5 ? "first" : "second";

interface RowContext {
  readonly scenario: Scenario;
  readonly state: PolicyState;
  readonly views: readonly ItemView[];
  readonly user: number;
  readonly age: number;
  readonly fold: Fold;
}

function toRows({ feedback, ahead }: ReadDecision, context: RowContext): FeedbackRow[] {
  const { decision, rewards } = feedback;
  let left = [...context.views];
  return decision.slate.map((itemId, position) => {
    const candidates = left;
    const action = candidates.findIndex((view) => view.itemId === itemId);
    left = candidates.filter((_, index) => index !== action);
    const immediate = normaliseReward(rewards[position], context.scenario.reward);
    return {
      state: context.state,
      candidates,
      action,
      position,
      propensity: decision.positionPropensities[position] ?? 0,
      reward: ahead?.value ?? immediate,
      ...(ahead && { session: { ...ahead.step, immediate } }),
      exploration: decision.exploration,
      user: context.user,
      arm: decision.arm,
      age: context.age,
      fold: context.fold,
    };
  });
}

function addItemRewards(
  totals: Map<ItemId, ItemRewards>,
  { decision, rewards }: Feedback,
  rule: RewardRule,
): void {
  for (const [position, itemId] of decision.slate.entries()) {
    const old = totals.get(itemId) ?? { impressions: 0, rewardSum: 0 };
    const rewardSum = old.rewardSum + settleReward(rewards[position], rule);
    totals.set(itemId, { impressions: old.impressions + 1, rewardSum });
  }
}

/** Every closed decision of the scenario (the newest `maxDecisions`) as rows, with the profile of its own moment. */
export async function readFeedback(options: {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly scenario: Scenario;
  readonly now: number;
  readonly maxDecisions: number;
  /** Event number up to which earlier cycles have read. */
  readonly previous: number;
  readonly cycle: number;
}): Promise<CycleFeedback> {
  const { store, catalogue, scenario, previous } = options;
  await catalogue.refresh(await store.sequence());
  const closed = await readDecisions(options);
  const read: ReadDecision[] =
    scenario.discount > 0
      ? readSessions(closed, scenario, previous)
      : closed.map((feedback) => ({ feedback, isNew: feedback.sequence > previous }));
  const newDecisions = read.filter(({ isNew }) => isNew).length;
  const users = new Map<UserId, number>();
  const itemRewards = new Map<ItemId, ItemRewards>();
  const rows: FeedbackRow[] = [];
  let cells = 0;
  for (const [index, entry] of read.toReversed().entries()) {
    const { decision } = entry.feedback;
    cells += decision.candidates.length * decision.slate.length;
    if (cells > maxCells) break;
    const userRows = await readUser(store, decision.userId, decision.asOf);
    const user = users.get(decision.userId) ?? users.size;
    users.set(decision.userId, user);
    const context = {
      scenario,
      state: createState({ user: userRows, catalogue, scenario, context: decision.context }),
      views: decision.candidates.map((candidate) => viewLogged(candidate, catalogue)),
      user,
      age: index / Math.max(1, newDecisions),
      fold: entry.isNew ? chooseFold(decision.userId, options.cycle) : ("older" as const),
    };
    rows.push(...toRows(entry, context));
    addItemRewards(itemRewards, entry.feedback, scenario.reward);
  }
  const throughSequence = closed.at(-1)?.sequence ?? previous;
  return {
    rows,
    users: users.size,
    decisions: read.length,
    newDecisions,
    throughSequence,
    itemRewards,
  };
}
