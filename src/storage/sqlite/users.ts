import type { User } from "../../domain/catalogue.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { UserStore } from "../user-store.ts";
import { parseObject, readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { prepareConsents } from "./consents.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createRevisionStore, type RevisionTable } from "./revisions.ts";

const userTable: RevisionTable<User, UserId> = {
  name: "user_revisions",
  idOf: (user) => user.userId,
  encode: ({ attributes }) => ({ attributes }),
  // Attributes that are no object are read as decisions saw them, unreadable ones as empty.
  decode: (row) => ({
    userId: userId(readText(row, "id")),
    attributes: (parseObject(row, "payload").attributes ?? {}) as JsonObject,
    sequence: readNumber(row, "sequence"),
  }),
};

export function createUserStore(connection: Connection, commits: GroupCommit): UserStore {
  const damaged = connection.prepare(
    `SELECT id FROM user_revisions AS revision
     WHERE (id = '' OR NOT json_valid(payload) OR json_type(payload, '$.attributes') IS NOT 'object')
       AND payload IS NOT NULL
       AND sequence = (SELECT max(sequence) FROM user_revisions WHERE id = revision.id)
     ORDER BY id`,
  );
  const unknown = connection.prepare(
    `SELECT asked.value AS id FROM json_each(?) AS asked
     WHERE NOT EXISTS (SELECT 1 FROM user_revisions AS revision WHERE revision.id = asked.value)
       AND NOT EXISTS (SELECT 1 FROM events WHERE events.user_id = asked.value)`,
  );
  const consents = prepareConsents(connection);
  const revisions = createRevisionStore({
    connection,
    commits,
    table: userTable,
    putBeside: ({ userId: user, consent = {} }, numbers) => consents.put(user, consent, numbers),
  });
  const withConsent = <Found extends User>(user: Found, asOf?: number): Found => {
    const consent = consents.of(user.userId, asOf);
    return Object.keys(consent).length > 0 ? { ...user, consent } : user;
  };
  return {
    ...revisions,
    find: async (id, asOf) => {
      const user = await revisions.find(id, asOf);
      return user && withConsent(user, asOf);
    },
    list: async (page) => {
      const found = await revisions.list(page);
      return { ...found, rows: found.rows.map((user) => withConsent(user)) };
    },
    unknown: async (ids) =>
      new Set(unknown.all(JSON.stringify(ids)).map((row) => userId(readText(row, "id")))),
    damaged: async (limit) => {
      const ids = damaged.all().map((row) => readText(row, "id"));
      return { ids: ids.slice(0, limit), count: ids.length };
    },
  };
}
