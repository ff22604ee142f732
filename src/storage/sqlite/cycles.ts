import type { Cycle } from "../../domain/cycle.ts";
import { cycleOutcomes } from "../../domain/cycle-outcome.ts";
import { cycleRecord } from "../cycle-record-schema.ts";
import type { CycleStore } from "../cycle-store.ts";
import { decodeRecord, encodeRecord } from "../record-schema.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { column, defineTable } from "./table.ts";

const table = defineTable<Cycle>({
  cycle: column.number("cycle"),
  scenario: column.text("scenario"),
  outcome: column.member("outcome", cycleOutcomes),
  reason: column.text("reason"),
  policyVersion: column.optional(column.number("policy_version")),
  candidateVersion: column.optional(column.number("candidate_version")),
  startedAt: column.number("started_at"),
  finishedAt: column.number("finished_at"),
  throughSequence: column.number("through_sequence"),
  record: {
    name: "record",
    encode: encodeRecord,
    decode: (row, name) => decodeRecord(cycleRecord, readText(row, name)),
  },
});
const { columns } = table;

/** Returns the number that the cycle was given, for a transaction of `policies.ts`. */
export type InsertCycle = (cycle: Omit<Cycle, "cycle">) => number;

export function prepareCycleInsert(connection: Connection): InsertCycle {
  const lastCycle = connection.prepare("SELECT coalesce(max(cycle), 0) AS cycle FROM cycles");
  const insert = connection.prepare(
    `INSERT INTO cycles (${columns}) VALUES (${table.placeholders})`,
  );
  return (cycle) => {
    const number = readNumber(lastCycle.get() ?? {}, "cycle") + 1;
    insert.run(...table.encode({ ...cycle, cycle: number }));
    return number;
  };
}

export function createCycleStore(connection: Connection): CycleStore {
  const list = connection.prepare(`SELECT ${columns} FROM cycles ORDER BY cycle DESC LIMIT ?`);
  const listOfScenario = connection.prepare(
    `SELECT ${columns} FROM cycles WHERE scenario = ? ORDER BY cycle DESC LIMIT ?`,
  );
  const find = connection.prepare(`SELECT ${columns} FROM cycles WHERE cycle = ?`);
  const count = connection.prepare(
    `SELECT scenario, outcome, count(*) AS cycles, max(finished_at) AS finished_at FROM cycles
     GROUP BY scenario, outcome`,
  );
  return {
    find: async (cycle) => {
      const row = find.get(cycle);
      return row && table.decode(row);
    },
    list: async ({ scenario, limit }) => {
      const rows = scenario === undefined ? list.all(limit) : listOfScenario.all(scenario, limit);
      return rows.map(table.decode);
    },
    outcomes: async () =>
      count.all().map((row) => ({
        scenario: readText(row, "scenario"),
        outcome: readMember(row, "outcome", cycleOutcomes),
        cycles: readNumber(row, "cycles"),
        finishedAt: readNumber(row, "finished_at"),
      })),
  };
}
