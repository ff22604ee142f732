import { createRoute, z } from "@hono/zod-openapi";
import type { PageResponse } from "../../contract/page.ts";
import { routes } from "../../contract/routes.ts";
import type { UserBody, UserFields, UserInput, UsersRequest } from "../../contract/users.ts";
import type { User } from "../../domain/catalogue.ts";
import type { ErasureReceipt } from "../../domain/erasure.ts";
import { jsonObject, name, optional } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { consent, userFields, userInput } from "../../engine/input/schemas/users.ts";
import { receiptSchema } from "../../engine/privacy/receipt.ts";
import type { App, RouteParts } from "../app.ts";
import { wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";
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

const zeros = (characters: number) => "0".repeat(characters);
const now = "2026-03-01T12:00:00.000Z";

const receiptExample: ErasureReceipt = {
  kind: "erasure",
  version: 1,
  person: { salt: zeros(64), commitment: zeros(64) },
  requestedAt: now,
  erasedAt: now,
  sequence: 1200,
  rows: {
    users: 1,
    events: 40,
    decisions: 12,
    rewards: 9,
    views: 0,
    edges: 2,
    reactions: 0,
    documents: 0,
    consents: 1,
    pseudonyms: 0,
  },
  digests: { users: zeros(64) },
  policies: { items: [7, 8] },
  retireBy: "2026-03-08T12:00:00.000Z",
  files: [{ kind: "backup", path: "monday.db", writtenAt: now }],
  publicKey: zeros(64),
  signature: zeros(128),
};

const deleteRoute = createRoute({
  method: "delete",
  path: `${routes.users}/{userId}`,
  operationId: "deleteUser",
  tags: ["users"],
  summary: "Erase a user",
  description:
    "Removes all rows of the user, and all that was derived from them and has a name. The answer is a signed receipt, of zero rows if nothing was stored: keep it, nothing else can prove the erasure. See docs/guides/privacy.md.",
  request: { params: z.strictObject({ userId: name }) },
  responses: {
    200: answer("The receipt", wire<ErasureReceipt>()(receiptSchema), receiptExample),
    ...failures(),
  },
});

export function addUsers(app: App, { engine }: RouteParts): void {
  addResource(app, users, {
    put: (inputs) => engine.putUsers(inputs),
    find: async (id) => {
      const user = await engine.findUser(id);
      return user && toBody(user);
    },
    list: async (query) => {
      const page = await engine.listUsers(query);
      return { ...page, rows: page.rows.map(toBody) };
    },
  });
  app.openapi(deleteRoute, async (context) =>
    context.json(
      await engine.deleteUser(context.req.valid("param").userId, context.get("keyName")),
      200,
    ),
  );
}
