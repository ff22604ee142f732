import { type ApiKey, hasEnded, scopes } from "../../domain/api-key.ts";
import { EngineError } from "../../domain/errors.ts";
import type { KeyStore } from "../key-store.ts";
import { readMember, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { type Column, column, defineTable } from "./table.ts";

const scopeList: Column<ApiKey["scopes"]> = {
  name: "scopes",
  encode: (list) => list.join(","),
  decode: (row) =>
    readText(row, "scopes")
      .split(",")
      .map((scope) => readMember({ scope }, "scope", scopes)),
};

const table = defineTable<ApiKey>({
  name: column.text("name"),
  scopes: scopeList,
  hash: column.text("hash"),
  rate: column.optional(column.number("rate")),
  createdAt: column.number("created_at"),
  endsAt: column.optional(column.number("ends_at")),
});

function taken(name: string): EngineError {
  const message = `key '${name}' is in use; choose another name, or rotate or revoke it`;
  return new EngineError("conflict", message, { details: { name } });
}

function absent(name: string): EngineError {
  const message = `no key '${name}' is in use; recurve keys list shows the keys`;
  return new EngineError("not_found", message, { details: { name } });
}

export function createKeyStore(connection: Connection, commits: GroupCommit): KeyStore {
  const all = connection.prepare(`SELECT ${table.columns} FROM api_keys ORDER BY name, created_at`);
  const named = connection.prepare(
    `SELECT ${table.columns} FROM api_keys WHERE name = ? ORDER BY created_at`,
  );
  const insert = connection.prepare(
    `INSERT INTO api_keys (${table.columns}) VALUES (${table.placeholders})`,
  );
  const end = connection.prepare(
    "UPDATE api_keys SET ends_at = ?1 WHERE name = ?2 AND coalesce(ends_at > ?1, 1)",
  );
  const limit = connection.prepare(
    "UPDATE api_keys SET rate = ?1 WHERE name = ?2 AND coalesce(ends_at > ?3, 1)",
  );
  const used = (name: string, now: number) =>
    named
      .all(name)
      .map((row: Row) => table.decode(row))
      .filter((key) => !hasEnded(key, now));
  return {
    add: (key) =>
      commits.run(() => {
        if (used(key.name, key.createdAt).length > 0) throw taken(key.name);
        insert.run(...table.encode(key));
      }),
    replace: ({ endsAt, ...key }) =>
      commits.run(() => {
        const newest = used(key.name, key.createdAt).at(-1);
        if (newest === undefined) throw absent(key.name);
        end.run(endsAt, key.name);
        const { scopes: kept, rate } = newest;
        insert.run(...table.encode({ ...key, scopes: kept, ...(rate !== undefined && { rate }) }));
      }),
    limit: (name, rate, now) =>
      commits.run(() => {
        if (used(name, now).length === 0) throw absent(name);
        limit.run(rate ?? null, name, now);
      }),
    end: (name, at) =>
      commits.run(() => {
        if (used(name, at).length === 0) throw absent(name);
        end.run(at, name);
      }),
    list: async () => all.all().map(table.decode),
  };
}
