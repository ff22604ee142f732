import { type Intervention, interventionKinds } from "../../domain/intervention.ts";
import type { InterventionStore } from "../intervention-store.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { column, defineTable } from "./table.ts";

const table = defineTable<Intervention>({
  intervention: column.number("intervention"),
  scenario: column.text("scenario"),
  kind: column.member("kind", interventionKinds),
  madeAt: column.number("made_at"),
  by: column.optional(column.text("made_by")),
  reason: column.optional(column.text("reason")),
  key: column.optional(column.text("key_name")),
  version: column.optional(column.number("version")),
  replaced: column.optional(column.number("replaced")),
});
const { columns } = table;

/** Returns the number that the intervention was given, for a transaction of `policies.ts`. */
export type InsertIntervention = (intervention: Omit<Intervention, "intervention">) => number;

export function prepareInterventionInsert(connection: Connection): InsertIntervention {
  const last = connection.prepare(
    "SELECT coalesce(max(intervention), 0) AS intervention FROM interventions",
  );
  const insert = connection.prepare(
    `INSERT INTO interventions (${columns}) VALUES (${table.placeholders})`,
  );
  return (intervention) => {
    const number = readNumber(last.get() ?? {}, "intervention") + 1;
    insert.run(...table.encode({ ...intervention, intervention: number }));
    return number;
  };
}

export function createInterventionStore(connection: Connection): InterventionStore {
  const list = connection.prepare(
    `SELECT ${columns} FROM interventions ORDER BY intervention DESC LIMIT ?`,
  );
  const listOfScenario = connection.prepare(
    `SELECT ${columns} FROM interventions WHERE scenario = ? ORDER BY intervention DESC LIMIT ?`,
  );
  return {
    list: async ({ scenario, limit }) => {
      const rows = scenario === undefined ? list.all(limit) : listOfScenario.all(scenario, limit);
      return rows.map(table.decode);
    },
  };
}
