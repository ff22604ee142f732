import { z } from "@hono/zod-openapi";
import type { User } from "../../domain/catalogue.ts";
import { userId } from "../../domain/ids.ts";
import { name } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { commentOf } from "../../engine/reactions/item-notes.ts";
import { patchedUser, type UserPatch } from "../../engine/reactions/patch-rows.ts";
import { readBody } from "../request-body.ts";
import { comment, cursorQuery, labels, notThere, parseField } from "./gorse-fields.ts";
import type { AddGorseRoute, GorseParts } from "./gorse-routes.ts";

const patch = z.object({ Labels: labels, Comment: comment });
const user = patch.extend({ UserId: name });

/** Labels are features, the comment is a note. */
const toPatch = ({ Labels, Comment }: z.output<typeof patch>): UserPatch => ({
  attributes: Labels === undefined ? {} : { labels: Labels },
  notes: Comment === undefined ? {} : { comment: Comment },
});

/** Version 0.4 had `Subscribe`, which its clients expect. */
const toUser = ({ userId: UserId, attributes }: User) => ({
  UserId,
  Labels: attributes.labels ?? null,
  Subscribe: null,
  Comment: commentOf({ attributes }),
});

export function addGorseUsers(route: AddGorseRoute, { engine, reactions }: GorseParts): void {
  const put = async (rows: readonly z.output<typeof user>[]) => {
    await engine.putUsers(
      rows.map((row) => patchedUser({ userId: userId(row.UserId), attributes: {} }, toPatch(row))),
    );
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
    const changed = toPatch(parseField(patch, await readBody(context), "body"));
    if (!(await reactions.patchUser(id("user"), changed))) throw notThere("user", id("user"));
    return { RowAffected: 1 };
  });
  route("DELETE", "/user/:user", async ({ context, id }) => {
    const { rows } = await engine.deleteUser(id("user"), context.get("keyName"));
    return { RowAffected: Object.values(rows).some((count) => count > 0) ? 1 : 0 };
  });
}
