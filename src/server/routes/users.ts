import { createRoute, z } from "@hono/zod-openapi";
import {
  type PageResponse,
  routes,
  type UserBody,
  type UserFields,
  type UserInput,
  type UsersRequest,
} from "../../contract/api.ts";
import type { User } from "../../domain/catalogue.ts";
import { userId } from "../../domain/ids.ts";
import type { App, RouteParts } from "../app.ts";
import { defaultLimit, jsonObject, name, optional, wire } from "../fields.ts";
import { answer, body, bodyFailures, failures } from "../operation.ts";
import { absent, deleted, maxBatch, pageQuery, putAnswer } from "./catalogue.ts";

const fields = { attributes: optional(jsonObject) };
const userFields = wire<UserFields>()(z.strictObject(fields).openapi("UserFields"));
const userInput = wire<UserInput>()(
  z.strictObject({ userId: name, ...fields }).openapi("UserInput"),
);
const usersRequest = wire<UsersRequest>()(
  z.strictObject({ users: z.array(userInput).min(1).max(maxBatch) }).openapi("UsersRequest"),
);
const userBody = wire<UserBody>()(
  z.strictObject({ userId: name, attributes: jsonObject }).openapi("User"),
);
const userPage = wire<PageResponse<UserBody>>()(
  z.strictObject({ rows: z.array(userBody), next: optional(name) }).openapi("UserPage"),
);

const example = { attributes: { country: "SE" } };
const one = { tags: ["users"], path: `${routes.users}/{userId}` as const };
const all = { tags: ["users"], path: routes.users };
const params = z.strictObject({ userId: name });

const putRoute = createRoute({
  ...one,
  method: "put",
  operationId: "putUser",
  summary: "Write a user",
  description: "Replaces the whole user. A user who was never written has no attributes.",
  request: { params, body: body(userFields, example) },
  responses: { 200: putAnswer, ...failures(...bodyFailures) },
});

const getRoute = createRoute({
  ...one,
  method: "get",
  operationId: "getUser",
  summary: "Read a user",
  description: "The user as last written.",
  request: { params },
  responses: {
    200: answer("The user", userBody, { userId: "ada", ...example }),
    ...failures("invalid_request", "not_found"),
  },
});

const deleteRoute = createRoute({
  ...one,
  method: "delete",
  operationId: "deleteUser",
  summary: "Delete a user",
  description: "Ends the user's attributes for new decisions; events and decisions stay.",
  request: { params },
  responses: {
    204: deleted,
    ...failures("invalid_request", "not_found"),
  },
});

const putAllRoute = createRoute({
  ...all,
  method: "post",
  operationId: "putUsers",
  summary: "Write many users",
  description: "All or none, at most 1000. Each one replaces the whole user.",
  request: { body: body(usersRequest, { users: [{ userId: "ada", ...example }] }) },
  responses: { 200: putAnswer, ...failures(...bodyFailures) },
});

const listRoute = createRoute({
  ...all,
  method: "get",
  operationId: "listUsers",
  summary: "List users",
  description: "In order of id. Pass the answer's next as after to read on.",
  request: { query: pageQuery },
  responses: {
    200: answer("A page of users", userPage, {
      rows: [{ userId: "ada", ...example }],
      next: "ada",
    }),
    ...failures("invalid_request"),
  },
});

const toUser = (input: UserInput): User => ({
  userId: userId(input.userId),
  attributes: input.attributes ?? {},
});

/** Without the event number, which is the store's own. */
const toBody = ({ userId: id, attributes }: User): UserBody => ({ userId: id, attributes });

export function addUsers(app: App, { engine }: RouteParts): void {
  app.openapi(putRoute, async (context) => {
    const user = toUser({ ...context.req.valid("json"), ...context.req.valid("param") });
    return context.json(await engine.putUsers([user]), 200);
  });
  app.openapi(putAllRoute, async (context) => {
    return context.json(await engine.putUsers(context.req.valid("json").users.map(toUser)), 200);
  });
  app.openapi(getRoute, async (context) => {
    const id = userId(context.req.valid("param").userId);
    const user = await engine.findUser(id);
    if (user === undefined) throw absent("user", id);
    return context.json(toBody(user), 200);
  });
  app.openapi(deleteRoute, async (context) => {
    const id = userId(context.req.valid("param").userId);
    if (!(await engine.deleteUser(id))) throw absent("user", id);
    return context.body(null, 204);
  });
  app.openapi(listRoute, async (context) => {
    const { after, limit = defaultLimit } = context.req.valid("query");
    const page = await engine.listUsers({
      limit,
      ...(after === undefined ? {} : { after: userId(after) }),
    });
    return context.json({ ...page, rows: page.rows.map(toBody) }, 200);
  });
}
