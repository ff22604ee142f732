import type { RepeatRule } from "../../domain/scenario.ts";
import type { EventRow } from "../event-store.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { checksumOf, isWhole } from "./row-checksum.ts";

/** A sum of finite values may not be finite. */
const largest = Number.MAX_VALUE;

/** Instead of a checksum: an audit still finds a reward that was changed once others have joined it. */
const changed = "changed";

/** How a value joins the reward that its position has of the same type. */
const joins: Readonly<Record<RepeatRule, (before: number, value: number) => number>> = {
  last: (_, value) => value,
  sum: (before, value) => Math.max(-largest, Math.min(largest, before + value)),
  maximum: Math.max,
};

/** Adds a reward inside a write transaction. */
export type AddReward = (
  decisionSequence: number,
  type: string,
  reward: Omit<NonNullable<EventRow["reward"]>, "decisionId">,
) => void;

export function prepareRewards(connection: Connection): AddReward {
  const find = connection.prepare(
    `SELECT value, checksum FROM rewards
     WHERE decision_sequence = ? AND position = ? AND event_type = ?`,
  );
  const save = connection.prepare("INSERT OR REPLACE INTO rewards VALUES (?, ?, ?, ?, ?)");
  return (decisionSequence, type, { position, value, repeats }) => {
    const key = [decisionSequence, position, type] as const;
    const row = find.get(...key);
    if (row === undefined) return void save.run(...key, value, checksumOf([...key, value]));
    const before = readNumber(row, "value");
    const joined = joins[repeats](before, value);
    const isUnchanged = isWhole(row.checksum, [...key, before]);
    save.run(...key, joined, isUnchanged ? checksumOf([...key, joined]) : changed);
  };
}
