import type { JsonObject } from "../../domain/json.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import { canonicalJson } from "../canonical-json.ts";
import { readJson, readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** Each reward rule is in the record once, and decisions name it by number. */
export interface RewardRules {
  /** Inside a write transaction. `null` for none. */
  numberOf(rule: RewardRule | undefined): number | null;
  /** `undefined` for decisions that were made before rules were written down. */
  find(number: unknown): RewardRule | undefined;
}

export function createRewardRules(connection: Connection): RewardRules {
  const numberOf = connection.prepare("SELECT rule FROM reward_rules WHERE text = ?");
  const insert = connection.prepare("INSERT INTO reward_rules (text) VALUES (?)");
  const find = connection.prepare("SELECT text FROM reward_rules WHERE rule = ?");
  /** Of committed rows, which never change. */
  const known = new Map<number, RewardRule>();
  return {
    numberOf: (rule) => {
      if (rule === undefined) return null;
      const text = canonicalJson(rule as unknown as JsonObject);
      if (numberOf.get(text) === undefined) insert.run(text);
      return readNumber(numberOf.get(text) ?? {}, "rule");
    },
    find: (number) => {
      if (typeof number !== "number") return undefined;
      const rule = known.get(number) ?? readJson<RewardRule>(find.get(number) ?? {}, "text");
      known.set(number, rule);
      return rule;
    },
  };
}
