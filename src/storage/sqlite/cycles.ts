import type { Cycle } from "../../domain/cycle.ts";
import { cycleOutcomes } from "../../domain/cycle-outcome.ts";
import { cycleRecord } from "../cycle-record-schema.ts";
import { decodeRecord, encodeRecord } from "../record-schema.ts";
import type { CycleStore } from "../store.ts";
import { readMember, readNumber, readOptionalNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";

const columns = `scenario, outcome, reason, policy_version, candidate_version, started_at,
  finished_at, through_sequence, record`;

function decodeCycle(row: Row): Cycle {
  return {
    cycle: readNumber(row, "cycle"),
    scenario: readText(row, "scenario"),
    outcome: readMember(row, "outcome", cycleOutcomes),
    reason: readText(row, "reason"),
    ...readOptionalNumber(row, "policy_version", "policyVersion"),
    ...readOptionalNumber(row, "candidate_version", "candidateVersion"),
    startedAt: readNumber(row, "started_at"),
    finishedAt: readNumber(row, "finished_at"),
    throughSequence: readNumber(row, "through_sequence"),
    record: decodeRecord(cycleRecord, readText(row, "record")),
  };
}

/** Returns the number that the cycle was given, for a transaction of `policies.ts`. */
export type InsertCycle = (cycle: Omit<Cycle, "cycle">) => number;

export function prepareCycleInsert(connection: Connection): InsertCycle {
  const lastCycle = connection.prepare("SELECT coalesce(max(cycle), 0) AS cycle FROM cycles");
  const insert = connection.prepare(
    `INSERT INTO cycles (cycle, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (cycle) => {
    const number = readNumber(lastCycle.get() ?? {}, "cycle") + 1;
    insert.run(
      number,
      cycle.scenario,
      cycle.outcome,
      cycle.reason,
      cycle.policyVersion ?? null,
      cycle.candidateVersion ?? null,
      cycle.startedAt,
      cycle.finishedAt,
      cycle.throughSequence,
      encodeRecord(cycle.record),
    );
    return number;
  };
}

export function createCycleStore(connection: Connection): CycleStore {
  const list = connection.prepare(
    `SELECT cycle, ${columns} FROM cycles ORDER BY cycle DESC LIMIT ?`,
  );
  const listOfScenario = connection.prepare(
    `SELECT cycle, ${columns} FROM cycles WHERE scenario = ? ORDER BY cycle DESC LIMIT ?`,
  );
  const find = connection.prepare(`SELECT cycle, ${columns} FROM cycles WHERE cycle = ?`);
  const count = connection.prepare(
    `SELECT scenario, outcome, count(*) AS cycles, max(finished_at) AS finished_at FROM cycles
     GROUP BY scenario, outcome`,
  );
  return {
    find: async (cycle) => {
      const row = find.get(cycle);
      return row && decodeCycle(row);
    },
    list: async ({ scenario, limit }) => {
      const rows = scenario === undefined ? list.all(limit) : listOfScenario.all(scenario, limit);
      return rows.map(decodeCycle);
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
