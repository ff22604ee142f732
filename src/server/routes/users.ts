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
import { jsonObject, name, optional } from "../../engine/input/fields.ts";
import { batch, consent, userFields, userInput } from "../../engine/input/schemas.ts";
import type { App, RouteParts } from "../app.ts";
import { wire } from "../fields.ts";
import { addResource, type Resource } from "./catalogue.ts";

const input = wire<UserInput>()(userInput);
const userBody = wire<UserBody>()(
  z
    .strictObject({ userId: name, attributes: jsonObject, consent: optional(consent) })
    .openapi("User"),
);

const example = { attributes: { country: "SE" }, consent: { train: false } };

const users: Resource<UserFields, UserInput, UsersRequest> = {
  kind: "user",
  path: routes.users,
  descriptions: {
    put: "Replaces the whole user, but for flags of consent that it leaves out. A user who was never written has no attributes.",
    get: "The user as last written.",
    delete: "Ends the user's attributes for new decisions; events, decisions and consent stay.",
  },
  schemas: {
    fields: wire<UserFields>()(userFields),
    batch: wire<UsersRequest>()(
      z.strictObject({ users: batch(input).min(1, "must not be empty") }).openapi("UsersRequest"),
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

/** Without the event number, which is the store's own. */
const toBody = ({ userId: id, attributes, consent: stated }: User): UserBody => ({
  userId: id,
  attributes,
  ...(stated && { consent: stated }),
});

export function addUsers(app: App, { engine }: RouteParts): void {
  addResource(app, users, {
    put: (inputs) => engine.putUsers(inputs),
    find: async (id) => {
      const user = await engine.findUser(id);
      return user && toBody(user);
    },
    delete: (id) => engine.deleteUser(id),
    list: async (query) => {
      const page = await engine.listUsers(query);
      return { ...page, rows: page.rows.map(toBody) };
    },
  });
}
