import type { CyclePlan } from "../../../domain/cycle-record.ts";
import { type Arm, type Feedback, timeOfDraw } from "../../../domain/decision.ts";
import type { FastLoopMark } from "../../../domain/fast-loop.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { JsonObject } from "../../../domain/json.ts";
import { settleReward, wasViewed } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { Earnings } from "../../../evaluation/evaluate-serving.ts";
import type { FeedbackRow, LoopMoment } from "../../../learning/feedback-row.ts";
import type { Fold } from "../../../mpo/judged-row.ts";
import { hashUniform } from "../../../numeric/hash.ts";
import { type AgedRewards, createAgedRewards } from "../../../policy/aged-rewards.ts";
import type { BehaviourCounts } from "../../../policy/behaviour-counts.ts";
import type { ItemView, PolicyState } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import { readLoggedAuction } from "../../campaigns/auction.ts";
import { visibleRecord } from "../../privacy/visible-record.ts";
import { type DrawRules, drawRulesOf, momentOf, pinnedItems } from "../../rules/draw-rules.ts";
import { factsOfCandidate, viewLogged } from "../../serving/candidates.ts";
import { readGroupsOf } from "../../serving/read-draw-rules.ts";
import { readSocial } from "../../social/read-social.ts";
import { viewSocial } from "../../social/view-social.ts";
import type { CatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { countBehaviour } from "../../state/count-behaviour.ts";
import { scanFeedback } from "../../state/feedback-pages.ts";
import { createState, readUser } from "../../state/read-state.ts";
import type { FeedbackSurvey } from "./plan-cycle.ts";
import { type ReadDecision, readSessions, type SessionDecision } from "./session-returns.ts";
import { type OutcomesOf, readOutcomes, toRows } from "./to-rows.ts";

/** Decisions of a survey: enough for a mean, little to read. */
const surveyed = 200;

export interface CycleFeedback {
  /** Newest first: the rows that train and judge. */
  readonly rows: readonly FeedbackRow[];
  /** Rewards of all new decisions, newest first, the sampled ones and the others. */
  readonly earned: Readonly<Partial<Record<Arm, Earnings>>>;
  /** Of the rows. */
  readonly users: number;
  /** Decisions read; `kept` of them became rows. */
  readonly decisions: number;
  readonly kept: number;
  /** Decisions that no network has been trained on: after `previous`; with a discount those of sessions that have ended since. */
  readonly newDecisions: number;
  /** Event number of the newest decision read. */
  readonly throughSequence: number;
  /** Over all decisions read, or without the new ones of a half or both; older ones as far as they last. */
  readonly itemRewards: AgedRewards<Fold>["sum"];
  /** Share of their impressions that doesn't count, in [0, 1). */
  readonly outdated: number;
  /** Before the first decision. */
  readonly behaviour: BehaviourCounts;
}

interface ReadOptions {
  readonly store: Store;
  readonly catalogueAsOf: CatalogueAsOf;
  readonly scenario: Scenario;
  readonly now: number;
  /**
   * Of the newest `read` decisions all new ones become rows and the newest older ones, up to
   * `decisions`; those of a part of the users if more are new. Rows with more than `cells`
   * candidates are not kept, but for the newest.
   */
  readonly plan: Pick<CyclePlan, "read" | "decisions" | "cells">;
  /** Event number up to which earlier cycles have read. */
  readonly previous: number;
  /** Event number of the loop's last start: feedback up to there is not read. Default: 0. */
  readonly start?: number;
  readonly cycle: number;
}

/** New feedback is halved by user and cycle, so that a user's rows are all in one half. */
const chooseFold = (userId: UserId, cycle: number): Fold =>
  hashUniform(`fold/${cycle}/${userId}`) < 0.5 ? "first" : "second";

/** A decision that becomes rows, without its candidates' ids: millions of those are never in memory at once. */
interface Kept extends SessionDecision {
  readonly state: PolicyState;
  readonly views: readonly ItemView[];
  readonly rules: DrawRules;
  /** Of the user. */
  readonly attributes: JsonObject;
  readonly isStranger: boolean;
}

/** The newest decisions whose rows have room. */
function createKeeper(plan: ReadOptions["plan"]) {
  const kept: Kept[] = [];
  let first = 0;
  let cells = 0;
  const cellsOf = ({ views, decision }: Kept) => views.length * decision.slate.length;
  return {
    add: (entry: Kept) => {
      kept.push(entry);
      cells += cellsOf(entry);
      while (cells > plan.cells || kept.length - first > plan.decisions)
        cells -= cellsOf(kept[first++] ?? entry);
      if (2 * first < kept.length) return;
      kept.splice(0, first);
      first = 0;
    },
    oldestFirst: () => kept.slice(first),
  };
}

/** Sums over everything that is read, oldest first. */
function createTotals(
  { scenario, cycle }: Pick<ReadOptions, "scenario" | "cycle">,
  decisions: number,
) {
  const { reward: rule } = scenario;
  const users = new Map<UserId, number>();
  const itemRewards = createAgedRewards<Fold>(decisions);
  let read = 0;
  const earned: Partial<Record<Arm, { rewards: number[]; users: number[] }>> = {};
  const earn = (arm: Arm, userId: UserId, reward: number) => {
    const user = users.get(userId) ?? users.size;
    users.set(userId, user);
    earned[arm] ??= { rewards: [], users: [] };
    earned[arm].rewards.push(reward);
    earned[arm].users.push(user);
  };
  return {
    itemRewards,
    newestFirst: () => {
      for (const { rewards, users } of Object.values(earned)) {
        rewards.reverse();
        users.reverse();
      }
      return earned;
    },
    add: (feedback: Feedback, isNew: boolean) => {
      const { decision, rewards } = feedback;
      const pinned = pinnedItems(decision);
      const fold = isNew ? chooseFold(decision.userId, cycle) : "older";
      for (const [position, itemId] of decision.slate.entries()) {
        const reward = settleReward(rewards[position], rule);
        // Nobody refused an item that nobody viewed; the policy that put it there earned nothing.
        const isRefusable = wasViewed(feedback, position) !== false;
        if (isRefusable && !pinned.has(itemId))
          itemRewards.add({ decision: read, half: fold, itemId, reward });
        if (isNew) earn(decision.arm, decision.userId, reward);
      }
      read += 1;
    },
  };
}

/** What draws of a fast loop follow from: a decision that was made without has the newest mark before it. */
function findLoops(
  read: readonly ReadDecision<Kept>[],
  { reward }: Scenario,
): ReadonlyMap<Kept, LoopMoment> {
  const loops = new Map<Kept, LoopMoment>();
  let newest: FastLoopMark | undefined;
  for (const { feedback } of read) {
    const { decision, isStranger } = feedback;
    const { fastLoop = newest, seed, userId, rewardRule: rule = reward } = decision;
    newest = fastLoop;
    if (fastLoop)
      loops.set(feedback, { mark: fastLoop, seed, userId: isStranger ? undefined : userId, rule });
  }
  return loops;
}

/** Newest first, users numbered in that order; ages count the kept new decisions. */
function buildRows(
  read: readonly ReadDecision<Kept>[],
  { scenario, cycle }: ReadOptions,
  outcomesOf: OutcomesOf | undefined,
) {
  const users = new Map<UserId, number>();
  const newKept = read.filter(({ isNew }) => isNew).length;
  // Of ads the draws stand for values that their policy does not tell.
  const loops = scenario.ads ? undefined : findLoops(read, scenario);
  const rows = read.toReversed().flatMap((entry, index) => {
    const { state, views, rules, decision } = entry.feedback;
    const outcomesAt = outcomesOf?.(entry.feedback);
    const { userId } = decision;
    const user = users.get(userId) ?? users.size;
    users.set(userId, user);
    const age = index / Math.max(1, newKept);
    const fold = entry.isNew ? chooseFold(userId, cycle) : "older";
    const { reward: rule, slateReward } = scenario;
    const loop = loops?.get(entry.feedback);
    const shared = { rule, slateReward, state, views, rules, user, age, fold, outcomesAt };
    return toRows(entry, { ...shared, ...(loop && { loop }) });
  });
  return { rows, users: users.size, newKept };
}

/** The feedback to read, and its size. @param options.maxDecisions most that become rows */
export async function surveyFeedback(
  options: Pick<ReadOptions, "store" | "scenario" | "now" | "previous" | "start"> & {
    readonly maxDecisions: number;
  },
): Promise<FeedbackSurvey> {
  const { store, scenario, now, previous, start = 0, maxDecisions } = options;
  const closed = { scenario: scenario.name, closedBefore: now };
  const fresh = await store.decisions.closedSpan({ ...closed, after: previous });
  const all =
    fresh.count >= maxDecisions
      ? { count: maxDecisions }
      : await store.decisions.closedSpan({ ...closed, after: start, limit: maxDecisions });
  const page = await store.decisions.feedback({ ...closed, after: fresh.after, limit: surveyed });
  const rows = page.reduce((sum, { decision }) => sum + decision.slate.length, 0);
  const cells = page.reduce(
    (sum, { decision }) => sum + decision.slate.length * decision.candidates.length,
    0,
  );
  return {
    newDecisions: fresh.count,
    decisions: all.count,
    rowsPerDecision: rows / Math.max(1, page.length),
    candidatesPerRow: cells / Math.max(1, rows),
  };
}

/**
 * Number of new decisions, and the event number at which reading begins: before them with a
 * discount, for sessions that were not over.
 */
async function findSpan({ store, scenario, now, previous, start = 0, plan }: ReadOptions) {
  const closed = { scenario: scenario.name, closedBefore: now };
  const fresh = await store.decisions.closedSpan({ ...closed, after: previous, limit: plan.read });
  const open = scenario.discount > 0 ? Math.ceil(fresh.count / 10) : 0;
  const limit = Math.max(plan.decisions, fresh.count + open);
  const all = await store.decisions.closedSpan({ ...closed, after: start, limit });
  return { newDecisions: fresh.count, decisions: all.count, after: all.after };
}

/** A decision with everything that its policy saw: user, items and reward rule as of its event number. */
async function readMoment(
  feedback: Feedback,
  { store, catalogueAsOf, scenario }: ReadOptions,
): Promise<Kept> {
  const { candidates, context, ...decision } = feedback.decision;
  const { userId, asOf, rewardRule: reward = scenario.reward } = decision;
  const { seen, isStranger } = await visibleRecord(store, decision);
  const user = await readUser(seen, userId, asOf);
  const visit = { userId, asOf, now: timeOfDraw(decision) };
  const social = await readSocial(seen, decision.servingRule?.social, visit);
  const catalogue = await catalogueAsOf(asOf);
  const state = createState({ user, catalogue, scenario: { ...scenario, reward }, context });
  const factsOf = () => candidates.map((candidate) => factsOfCandidate(candidate, catalogue));
  const logged = candidates.map((candidate) => viewLogged(candidate, catalogue));
  const views = viewSocial(logged, factsOf, social);
  const { tilted } = await readGroupsOf(store, decision, catalogue);
  const auction = await readLoggedAuction(store, decision);
  const rules = drawRulesOf({ ...momentOf(decision), auction }, factsOf, tilted);
  return { ...feedback, decision, state, views, rules, attributes: user.attributes, isStranger };
}

/**
 * Closed decisions of the scenario as rows, with the profile of their own moment. Each new one
 * counts for the serving policy's reward. If more are new than may become rows, those of a random
 * part of the users do: estimates on them are unbiased, and users stay whole (docs/decisions/0024).
 */
export async function readFeedback(options: ReadOptions): Promise<CycleFeedback> {
  const { store, scenario, now, previous, plan, cycle } = options;
  const { newDecisions, decisions, after } = await findSpan(options);
  const share = plan.decisions / Math.max(1, newDecisions);
  const totals = createTotals(options, decisions);
  const keeper = createKeeper(plan);
  let throughSequence = previous;
  const span = { store, scenario: scenario.name, after, closedBefore: now };
  for await (const entry of scanFeedback(span)) {
    throughSequence = entry.sequence;
    totals.add(entry, entry.sequence > previous);
    if (share < 1 && hashUniform(`sample/${cycle}/${entry.decision.userId}`) >= share) continue;
    keeper.add(await readMoment(entry, options));
  }
  const kept = keeper.oldestFirst();
  const isDiscounted = scenario.discount > 0;
  const read: readonly ReadDecision<Kept>[] = isDiscounted
    ? readSessions(kept, scenario, previous)
    : kept.map((feedback) => ({ feedback, isNew: feedback.sequence > previous }));
  const outcomesOf = await readOutcomes(store, scenario, { after, through: throughSequence });
  const { rows, users, newKept } = buildRows(read, options, outcomesOf);
  return {
    rows,
    users,
    earned: totals.newestFirst(),
    decisions,
    kept: read.length,
    newDecisions: isDiscounted ? newKept : newDecisions,
    throughSequence,
    itemRewards: totals.itemRewards.sum,
    outdated: totals.itemRewards.outdated(),
    behaviour: await countBehaviour(store, scenario),
  };
}
