import { randomBytes } from "node:crypto";
import { EngineError } from "../../domain/errors.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { KeyedHash, PseudonymStore } from "../pseudonym-store.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";

function prepareStatements(connection: Connection) {
  return {
    find: connection.prepare("SELECT user_id FROM pseudonyms WHERE hash = ?"),
    has: connection.prepare("SELECT 1 FROM pseudonyms WHERE user_id = ?"),
    insert: connection.prepare("INSERT INTO pseudonyms (hash, key, user_id) VALUES (?, ?, ?)"),
    move: connection.prepare("UPDATE pseudonyms SET hash = ?, key = ? WHERE hash = ?"),
    addKey: connection.prepare("INSERT OR IGNORE INTO pseudonym_keys VALUES (?, ?)"),
    isKey: connection.prepare("SELECT 1 FROM pseudonym_keys WHERE key = ?"),
    used: connection.prepare(
      `SELECT key FROM pseudonym_keys
       WHERE EXISTS (SELECT 1 FROM pseudonyms WHERE pseudonyms.key = pseudonym_keys.key)`,
    ),
    keys: connection.prepare(
      `SELECT key, created_at, (SELECT count(*) FROM pseudonyms
         WHERE pseudonyms.key = pseudonym_keys.key) AS users
       FROM pseudonym_keys ORDER BY created_at, key`,
    ),
    forget: connection.prepare("DELETE FROM pseudonyms WHERE key = ?"),
    retire: connection.prepare("DELETE FROM pseudonym_keys WHERE key = ?"),
    users: connection.prepare(
      `SELECT EXISTS (SELECT 1 FROM user_revisions) OR EXISTS (SELECT 1 FROM events)
         OR EXISTS (SELECT 1 FROM decisions) OR EXISTS (SELECT 1 FROM edge_revisions)
         OR EXISTS (SELECT 1 FROM reactions) AS has_users`,
    ),
  };
}

/** Nothing but the row leads from it to a hash, so that a key that leaks after its end leads nowhere. */
const drawId = () => userId(`u_${randomBytes(16).toString("base64url")}`);

type Statements = ReturnType<typeof prepareStatements>;

function findRow(statements: Statements, hashes: readonly KeyedHash[]) {
  for (const { hash } of hashes) {
    const row = statements.find.get(hash);
    if (row !== undefined) return { hash, id: userId(readText(row, "user_id")) };
  }
  return undefined;
}

/** Users under a key that this process lacks would get a second id. @throws not_ready */
function checkKeys(statements: Statements, known: readonly KeyedHash[]): void {
  const names = new Set(known.map(({ key }) => key));
  const other = statements.used.all().find((row) => !names.has(readText(row, "key")));
  if (other === undefined) return;
  const key = readText(other, "key");
  const message = `another process keeps users under the pseudonym key '${key}', which this one lacks; start it again with that key in privacy.pseudonyms`;
  throw new EngineError("not_ready", message, { details: { key } });
}

/** Inside a write transaction. */
function assignOne(statements: Statements, hashes: readonly KeyedHash[]): UserId {
  const [present] = hashes;
  if (present === undefined) throw new RangeError("an id without a hash");
  const found = findRow(statements, hashes);
  if (found !== undefined) {
    if (found.hash !== present.hash) statements.move.run(present.hash, present.key, found.hash);
    return found.id;
  }
  checkKeys(statements, hashes);
  const id = drawId();
  statements.insert.run(present.hash, present.key, id);
  return id;
}

/** Inside a write transaction. @returns the number of users under it */
function retireKey(statements: Statements, key: string): number {
  if (statements.isKey.get(key) === undefined) {
    const message = `there is no pseudonym key '${key}'; recurve privacy keys lists them`;
    throw new EngineError("not_found", message, { details: { key } });
  }
  const forgotten = statements.forget.run(key);
  statements.retire.run(key);
  return forgotten;
}

/** Nothing is kept in memory: another process may erase a user. */
export function createPseudonymStore(connection: Connection, commits: GroupCommit): PseudonymStore {
  const statements = prepareStatements(connection);
  return {
    addKey: async (key, createdAt) => {
      if (statements.isKey.get(key) === undefined)
        await commits.run(() => void statements.addKey.run(key, createdAt));
    },
    keys: async () =>
      statements.keys.all().map((row) => ({
        key: readText(row, "key"),
        createdAt: readNumber(row, "created_at"),
        users: readNumber(row, "users"),
      })),
    retire: (key) => commits.run(() => retireKey(statements, key)),
    find: async (hashes) => {
      const found = findRow(statements, hashes);
      if (found === undefined) checkKeys(statements, hashes);
      return found?.id;
    },
    assign: async (ids) => {
      const known = ids.map((hashes) => findRow(statements, hashes.slice(0, 1))?.id);
      const isKnown = (id: UserId | undefined): id is UserId => id !== undefined;
      if (known.every(isKnown)) return known;
      return commits.run(() => ids.map((hashes) => assignOne(statements, hashes)));
    },
    has: async (id) => statements.has.get(id) !== undefined,
    hasUsers: async () => readNumber(statements.users.get() ?? {}, "has_users") === 1,
  };
}
