import { z } from "@hono/zod-openapi";
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
import { jsonObject, name, optional, wire } from "../fields.ts";
import { addResource, maxBatch, type Resource } from "./catalogue.ts";

const fields = { attributes: optional(jsonObject) };
const input = wire<UserInput>()(z.strictObject({ userId: name, ...fields }).openapi("UserInput"));
const userBody = wire<UserBody>()(
  z.strictObject({ userId: name, attributes: jsonObject }).openapi("User"),
);

const example = { attributes: { country: "SE" } };

const users: Resource<UserFields, UserInput, UsersRequest> = {
  kind: "user",
  path: routes.users,
  descriptions: {
    put: "Replaces the whole user. A user who was never written has no attributes.",
    get: "The user as last written.",
    delete: "Ends the user's attributes for new decisions; events and decisions stay.",
  },
  schemas: {
    fields: wire<UserFields>()(z.strictObject(fields).openapi("UserFields")),
    batch: wire<UsersRequest>()(
      z.strictObject({ users: z.array(input).min(1).max(maxBatch) }).openapi("UsersRequest"),
    ),
    body: userBody,
    page: wire<PageResponse<UserBody>>()(
      z.strictObject({ rows: z.array(userBody), next: optional(name) }).openapi("UserPage"),
    ),
  },
  example: {
    id: "ada",
    fields: example,
    batch: { users: [{ userId: "ada", ...example }] },
    body: { userId: "ada", ...example },
  },
  toInput: (id, written) => ({ ...written, userId: id }),
  toInputs: (batch) => batch.users,
};

const toUser = (written: UserInput): User => ({
  userId: userId(written.userId),
  attributes: written.attributes ?? {},
});

/** Without the event number, which is the store's own. */
const toBody = ({ userId: id, attributes }: User): UserBody => ({ userId: id, attributes });

export function addUsers(app: App, { engine }: RouteParts): void {
  addResource(app, users, {
    put: (inputs) => engine.putUsers(inputs.map(toUser)),
    find: async (id) => {
      const user = await engine.findUser(userId(id));
      return user && toBody(user);
    },
    delete: (id) => engine.deleteUser(userId(id)),
    list: async ({ after, limit }) => {
      const from = after === undefined ? {} : { after: userId(after) };
      const page = await engine.listUsers({ ...from, limit });
      return { ...page, rows: page.rows.map(toBody) };
    },
  });
}
