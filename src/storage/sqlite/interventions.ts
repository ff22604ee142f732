import { type Intervention, interventionKinds } from "../../domain/intervention.ts";
import type { InterventionStore } from "../store.ts";
import {
  readMember,
  readNumber,
  readOptionalNumber,
  readOptionalText,
  readText,
} from "./columns.ts";
import type { Connection, Row } from "./connection.ts";

const columns = "scenario, kind, made_at, made_by, reason, version, replaced";

function decodeIntervention(row: Row): Intervention {
  return {
    intervention: readNumber(row, "intervention"),
    scenario: readText(row, "scenario"),
    kind: readMember(row, "kind", interventionKinds),
    madeAt: readNumber(row, "made_at"),
    ...readOptionalText(row, "made_by", "by"),
    ...readOptionalText(row, "reason", "reason"),
    ...readOptionalNumber(row, "version", "version"),
    ...readOptionalNumber(row, "replaced", "replaced"),
  };
}

/** Returns the number that the intervention was given, for a transaction of `policies.ts`. */
export type InsertIntervention = (intervention: Omit<Intervention, "intervention">) => number;

export function prepareInterventionInsert(connection: Connection): InsertIntervention {
  const last = connection.prepare(
    "SELECT coalesce(max(intervention), 0) AS intervention FROM interventions",
  );
  const insert = connection.prepare(
    `INSERT INTO interventions (intervention, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({
    scenario,
    kind,
    madeAt,
    by = null,
    reason = null,
    version = null,
    replaced = null,
  }) => {
    const number = readNumber(last.get() ?? {}, "intervention") + 1;
    insert.run(number, scenario, kind, madeAt, by, reason, version, replaced);
    return number;
  };
}

export function createInterventionStore(connection: Connection): InterventionStore {
  const list = connection.prepare(
    `SELECT intervention, ${columns} FROM interventions ORDER BY intervention DESC LIMIT ?`,
  );
  const listOfScenario = connection.prepare(
    `SELECT intervention, ${columns} FROM interventions WHERE scenario = ? ORDER BY intervention DESC LIMIT ?`,
  );
  return {
    list: async ({ scenario, limit }) => {
      const rows = scenario === undefined ? list.all(limit) : listOfScenario.all(scenario, limit);
      return rows.map(decodeIntervention);
    },
  };
}
