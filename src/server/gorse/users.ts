import { z } from "@hono/zod-openapi";
import type { UserInput } from "../../contract/users.ts";
import type { User } from "../../domain/catalogue.ts";
import type { JsonObject } from "../../domain/json.ts";
import { name } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { notesOf } from "../../engine/reactions/item-notes.ts";
import { notesField } from "../../engine/state/notes.ts";
import { readBody } from "../request-body.ts";
import { comment, cursorQuery, labels, notThere, parseField } from "./gorse-fields.ts";
import type { AddGorseRoute, GorseParts } from "./gorse-routes.ts";

const patch = z.object({ Labels: labels, Comment: comment });
const user = patch.extend({ UserId: name });

/** Labels are features, the comment is a note. */
function toInput(
  { UserId, Labels, Comment }: z.output<typeof user>,
  before: JsonObject = {},
): UserInput {
  const notes = notesOf({ attributes: before });
  const attributes = {
    ...before,
    ...(Labels !== undefined && { labels: Labels }),
    [notesField]: { ...notes, ...(Comment !== undefined && { comment: Comment }) },
  };
  return { userId: UserId, attributes };
}

/** Version 0.4 had `Subscribe`, which its clients expect. */
const toUser = ({ userId: UserId, attributes }: User) => ({
  UserId,
  Labels: attributes.labels ?? null,
  Subscribe: null,
  Comment: notesOf({ attributes }).comment ?? "",
});

export function addGorseUsers(route: AddGorseRoute, { engine }: Pick<GorseParts, "engine">): void {
  const put = async (rows: readonly z.output<typeof user>[]) => {
    await engine.putUsers(rows.map((row) => toInput(row)));
    return { RowAffected: rows.length };
  };
  const get = async (id: string) => {
    const found = await engine.findUser(id);
    if (found === undefined) throw notThere("user", id);
    return found;
  };
  route("POST", "/user", async ({ context }) =>
    put([parseField(user, await readBody(context), "body")]),
  );
  route("POST", "/users", async ({ context }) =>
    put(parseField(batch(user), await readBody(context), "body")),
  );
  route("GET", "/users", async ({ context }) => {
    const { n, cursor } = parseField(cursorQuery, context.req.query(), "query");
    const after = cursor === "" ? {} : { after: parseField(name, cursor, "cursor") };
    const { rows, next = "" } = await engine.listUsers({ limit: n, ...after });
    return { Cursor: next, Users: rows.map(toUser) };
  });
  route("GET", "/user/:user", async ({ id }) => toUser(await get(id("user"))));
  route("PATCH", "/user/:user", async ({ context, id }) => {
    const change = parseField(patch, await readBody(context), "body");
    const { userId: UserId, attributes } = await get(id("user"));
    await engine.putUsers([toInput({ ...change, UserId }, attributes)]);
    return { RowAffected: 1 };
  });
  route("DELETE", "/user/:user", async ({ context, id }) => {
    const { rows } = await engine.deleteUser(id("user"), context.get("keyName"));
    return { RowAffected: Object.values(rows).some((count) => count > 0) ? 1 : 0 };
  });
}
