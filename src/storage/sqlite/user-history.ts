import { edgeTypes } from "../../domain/edge.ts";
import { userId } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import { documentKinds } from "../document-store.ts";
import type { ErasureStore } from "../erasure-store.ts";
import { parseObject, readJson, readMember, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { decodeConsent } from "./consents.ts";
import { userRows } from "./erased-rows.ts";

/** Unreadable attributes are shown as empty, as decisions saw them. */
const decodeRevision = (row: Row) => ({
  sequence: readNumber(row, "sequence"),
  attributes:
    row.payload === null ? null : ((parseObject(row, "payload").attributes ?? {}) as JsonObject),
});

const decodeChange = (row: Row) => ({
  userId: userId(readText(row, "user_id")),
  type: readMember(row, "type", edgeTypes),
  to: readText(row, "target"),
  sequence: readNumber(row, "sequence"),
  isEnd: row.present === 0,
});

/** The rows that an erasure would remove: its conditions are the only ones. */
export function createUserHistory(connection: Connection): ErasureStore["history"] {
  const read = (name: keyof typeof userRows, rest: string) => {
    const { table, where } = userRows[name];
    return connection.prepare(`SELECT * FROM ${table} WHERE ${where} ${rest}`);
  };
  const users = read("users", "ORDER BY sequence");
  const consents = read("consents", "ORDER BY sequence");
  // A friend's edge has a row each way.
  const edges = read("edges", "AND (user_id = ?1 OR type <> 'friend') ORDER BY sequence");
  const documents = read("documents", "ORDER BY number");
  const pseudonyms = read("pseudonyms", "ORDER BY key");
  return async (user) => ({
    attributes: users.all(user).map(decodeRevision),
    consents: consents.all(user).map((row) => ({
      sequence: readNumber(row, "sequence"),
      consent: decodeConsent(row),
    })),
    edges: edges.all(user).map(decodeChange),
    documents: documents.all(user).map((row) => ({
      kind: readMember(row, "kind", documentKinds),
      id: readText(row, "id"),
      payload: readJson<Json>(row, "payload"),
    })),
    pseudonyms: pseudonyms.all(user).map((row) => ({
      hash: readText(row, "hash"),
      key: readText(row, "key"),
    })),
  });
}
