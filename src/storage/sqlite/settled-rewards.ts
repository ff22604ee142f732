import { arms } from "../../domain/decision.ts";
import { userId } from "../../domain/ids.ts";
import { settleReward } from "../../domain/reward-rule.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import type { ArmRewards, DecisionStore } from "../decision-store.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { ReadScope } from "./read-scope.ts";

/**
 * Sum of `settleReward` over a decision's positions, by `ruleValues`: each position with events is
 * clipped, each other one brings the default.
 */
const settled = `(
  SELECT total(value) + ? * (json_array_length(slate) - count(*)) FROM (
    SELECT max(?, min(?, sum(value))) AS value FROM rewards
    WHERE decision_sequence = decisions.sequence GROUP BY position))`;

const ruleValues = (rule: RewardRule): readonly number[] => [
  settleReward(undefined, rule),
  rule.minimum,
  rule.maximum,
];

function prepareStatements(connection: Connection, scope: ReadScope) {
  const decisions = `${scope.decisions} AS decisions`;
  return {
    buckets: connection.prepare(
      `SELECT bucket_start, arm, count(*) AS users, sum(decisions) AS decisions,
         sum(reward) AS reward_sum, sum(reward * reward) AS reward_squares,
         sum(reward * decisions) AS reward_products,
         sum(decisions * decisions) AS decision_squares
       FROM (
         SELECT decided_at - decided_at % ? AS bucket_start, arm, count(*) AS decisions,
           sum(${settled}) AS reward
         FROM ${decisions} WHERE scenario = ? AND decided_at >= ? AND expires_at <= ?
         GROUP BY bucket_start, arm, user_id)
       GROUP BY bucket_start, arm ORDER BY bucket_start, arm`,
    ),
    recent: connection.prepare(
      `SELECT arm, count(*) AS decisions, sum(${settled}) AS reward_sum FROM (
         SELECT sequence, arm, slate FROM ${decisions} WHERE scenario = ? AND decided_at <= ?
         ORDER BY decided_at DESC LIMIT ?) AS decisions
       GROUP BY arm ORDER BY arm`,
    ),
    userOutcomes: connection.prepare(
      `SELECT user_id, sum(json_array_length(slate)) AS positions, sum((
         SELECT count(*) FROM rewards
         WHERE decision_sequence = decisions.sequence AND event_type = ?)) AS outcomes
       FROM ${decisions}
       WHERE scenario = ? AND decided_at >= ? AND expires_at <= ? AND arm = ? AND policy_version = ?
       GROUP BY user_id`,
    ),
    outcomes: connection.prepare(
      `SELECT decision_sequence, position FROM rewards
       WHERE decision_sequence > ? AND decision_sequence <= ? AND event_type = ?`,
    ),
    users: connection.prepare(
      `SELECT sum(json_array_length(slate)) AS positions, sum(${settled}) AS reward_sum
       FROM ${decisions}
       WHERE scenario = ? AND decided_at >= ? AND expires_at <= ? AND arm = ?
         AND policy_version = coalesce(?, policy_version)
       GROUP BY user_id`,
    ),
  };
}

const decodeArm = (row: Row): ArmRewards => ({
  arm: readMember(row, "arm", arms),
  decisions: readNumber(row, "decisions"),
  rewardSum: readNumber(row, "reward_sum"),
});

/** Sums of rewards as they are learnt from, of closed decisions. */
export function createSettledRewards(
  connection: Connection,
  scope: ReadScope,
): Pick<
  DecisionStore,
  "rewardBuckets" | "recentRewards" | "userRewards" | "userOutcomes" | "outcomes"
> {
  const statements = prepareStatements(connection, scope);
  return {
    rewardBuckets: async ({ scenario, since, closedBefore, bucketSeconds, rule }) =>
      statements.buckets
        .all(bucketSeconds * 1000, ...ruleValues(rule), scenario, since, closedBefore)
        .map((row) => ({
          bucketStart: readNumber(row, "bucket_start"),
          ...decodeArm(row),
          users: readNumber(row, "users"),
          rewardSquares: readNumber(row, "reward_squares"),
          rewardProducts: readNumber(row, "reward_products"),
          decisionSquares: readNumber(row, "decision_squares"),
        })),
    recentRewards: async ({ scenario, decidedBefore, limit, rule }) =>
      statements.recent.all(...ruleValues(rule), scenario, decidedBefore, limit).map(decodeArm),
    userOutcomes: async ({ scenario, arm, policyVersion, since, closedBefore, type }) =>
      statements.userOutcomes
        .all(type, scenario, since, closedBefore, arm, policyVersion)
        .map((row) => ({
          userId: userId(readText(row, "user_id")),
          rows: readNumber(row, "positions"),
          outcomes: readNumber(row, "outcomes"),
        })),
    outcomes: async ({ type, after, through }) =>
      statements.outcomes.all(after, through, type).map((row) => ({
        sequence: readNumber(row, "decision_sequence"),
        position: readNumber(row, "position"),
      })),
    userRewards: async ({ scenario, arm, policyVersion, since, closedBefore, rule }) =>
      statements.users
        .all(...ruleValues(rule), scenario, since, closedBefore, arm, policyVersion ?? null)
        .map((row) => ({
          rows: readNumber(row, "positions"),
          rewardSum: readNumber(row, "reward_sum"),
        })),
  };
}
