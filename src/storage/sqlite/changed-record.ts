import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { isWhole } from "./row-checksum.ts";

/**
 * Finds the part of a decision's record that is not as it was written: its row, a rule that it names, or a reward.
 * @param columns that the row's checksum covers
 */
export function createChangeFinder(
  connection: Connection,
  columns: readonly string[],
): (row: Row) => string | undefined {
  const rules = connection.prepare(
    `SELECT 'reward rule' AS kind, rule, text, checksum FROM reward_rules WHERE rule = ?
     UNION ALL SELECT 'serving rule', rule, text, checksum FROM serving_rules WHERE rule = ?`,
  );
  const rewards = connection.prepare(
    "SELECT position, event_type, value, checksum FROM rewards WHERE decision_sequence = ?",
  );
  // 0 is no rule: the row is of a release before them.
  const findRule = (row: Row) =>
    rules
      .all(Number(row.reward_rule ?? 0), Number(row.serving_rule ?? 0))
      .find(({ rule, text, checksum }) => !isWhole(checksum, [rule, text]));
  const findReward = (sequence: number) =>
    rewards
      .all(sequence)
      .find(({ checksum, ...values }) => !isWhole(checksum, [sequence, ...Object.values(values)]));
  return (row) => {
    const values = columns.map((name) => row[name]);
    if (!isWhole(row.checksum, values)) return "the row";
    const rule = findRule(row);
    if (rule) return `its ${readText(rule, "kind")}`;
    const reward = findReward(readNumber(row, "sequence"));
    return reward && `its reward '${reward.event_type}' at position ${reward.position}`;
  };
}
