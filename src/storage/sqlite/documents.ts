import { EngineError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { DocumentKey, DocumentStore } from "../document-store.ts";
import { readJson, readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";

function taken({ kind, id }: DocumentKey): EngineError {
  const message = `${kind} '${id}' is stored already; give each an id of its own`;
  return new EngineError("conflict", message, { details: { kind, id } });
}

export function createDocumentStore(connection: Connection, commits: GroupCommit): DocumentStore {
  const insert = "INSERT INTO documents (kind, id, expires_at, payload) VALUES (?1, ?2, ?3, ?4)";
  const add = connection.prepare(`${insert} ON CONFLICT DO NOTHING`);
  const put = connection.prepare(
    `${insert} ON CONFLICT DO UPDATE SET expires_at = ?3, payload = ?4`,
  );
  const expire = connection.prepare("DELETE FROM documents WHERE expires_at <= ?");
  const find = connection.prepare(
    `SELECT payload FROM documents
     WHERE kind = ? AND id = ? AND coalesce(expires_at > ?, 1)`,
  );
  const list = connection.prepare(
    "SELECT payload FROM documents WHERE kind = ? ORDER BY number DESC LIMIT ?",
  );
  const since = connection.prepare(
    `SELECT count(*) AS documents, coalesce(max(number), 0) AS last FROM documents
     WHERE kind = ? AND number > ?`,
  );
  const remove = connection.prepare("DELETE FROM documents WHERE kind = ? AND id = ?");
  return {
    put: (key, payload, { now, expiresAt, isNew = false }) =>
      commits.run(() => {
        expire.run(now);
        const write = isNew ? add : put;
        const written = write.run(key.kind, key.id, expiresAt ?? null, JSON.stringify(payload));
        if (written === 0) throw taken(key);
      }),
    find: async ({ kind, id }, now) => {
      const row = find.get(kind, id, now);
      return row && readJson<Json>(row, "payload");
    },
    list: async (kind, limit) => list.all(kind, limit).map((row) => readJson<Json>(row, "payload")),
    since: async (kind, after) => {
      const row = since.get(kind, after) ?? {};
      return { count: readNumber(row, "documents"), last: readNumber(row, "last") };
    },
    delete: ({ kind, id }) => commits.run(() => remove.run(kind, id) > 0),
  };
}
