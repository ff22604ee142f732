import type { User } from "../../domain/catalogue.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { RevisionStore } from "../store.ts";
import { readJson, readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createRevisionStore, type RevisionTable } from "./revisions.ts";

const userTable: RevisionTable<User, UserId> = {
  name: "user_revisions",
  idOf: (user) => user.userId,
  encode: ({ attributes }) => ({ attributes }),
  decode: (row) => ({
    userId: userId(readText(row, "id")),
    ...readJson<Omit<User, "userId">>(row, "payload"),
    sequence: readNumber(row, "sequence"),
  }),
};

export function createUserStore(
  connection: Connection,
  commits: GroupCommit,
): RevisionStore<User, UserId> {
  return createRevisionStore({ connection, commits, table: userTable });
}
