import type { JsonObject } from "../../domain/json.ts";
import { canonicalJson } from "../canonical-json.ts";
import { readJson, readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { checksumOf } from "./row-checksum.ts";
import type { Column } from "./table.ts";

/**
 * A rule that decisions were made by: each is in the record once, and decisions name it by number.
 * `undefined` for decisions that were made before rules were written down.
 */
export function createLoggedRules<Rule extends object>(
  connection: Connection,
  table: "reward_rules" | "serving_rules",
): Pick<Column<Rule | undefined>, "encode" | "decode"> {
  const numberOf = connection.prepare(`SELECT rule FROM ${table} WHERE text = ?`);
  const insert = connection.prepare(`INSERT INTO ${table} (rule, text, checksum) VALUES (?, ?, ?)`);
  const free = connection.prepare(`SELECT coalesce(max(rule), 0) + 1 AS rule FROM ${table}`);
  const find = connection.prepare(`SELECT text FROM ${table} WHERE rule = ?`);
  /** Of committed rows, which never change. */
  const known = new Map<number, Rule>();
  return {
    // Inside a write transaction.
    encode: (rule) => {
      if (rule === undefined) return null;
      const text = canonicalJson(rule as JsonObject);
      const found = numberOf.get(text);
      if (found !== undefined) return readNumber(found, "rule");
      const number = readNumber(free.get() ?? {}, "rule");
      insert.run(number, text, checksumOf([number, text]));
      return number;
    },
    decode: (row, name) => {
      const number = row[name];
      if (typeof number !== "number") return undefined;
      const rule = known.get(number) ?? readJson<Rule>(find.get(number) ?? {}, "text");
      known.set(number, rule);
      return rule;
    },
  };
}
