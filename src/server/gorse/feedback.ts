import { z } from "@hono/zod-openapi";
import { EngineError } from "../../domain/errors.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { ReactionKey, UserReaction } from "../../domain/reaction.ts";
import { finite, name } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import type { ReactionInput } from "../../engine/reactions/record-reactions.ts";
import { readBody } from "../request-body.ts";
import {
  comment,
  cursorQuery,
  gorseTime,
  labels,
  nullable,
  parseField,
  toGorseTime,
} from "./gorse-fields.ts";
import type { AddGorseRoute, GorseParts, GorseRequest } from "./gorse-routes.ts";

/** Most rows of an answer without pages. */
const mostListed = 10_000;

/** As clients send it. */
export interface GorseFeedback {
  readonly FeedbackType: string;
  readonly UserId: string;
  readonly ItemId: string;
  readonly Value: number | undefined;
  /** Milliseconds since 1970. */
  readonly Timestamp: number | undefined;
  readonly Labels: Json | undefined;
  readonly Comment: string | undefined;
}

const feedback: z.ZodType<GorseFeedback> = z.object({
  FeedbackType: name,
  UserId: name,
  ItemId: name,
  Value: nullable(finite),
  Timestamp: nullable(gorseTime),
  Labels: labels,
  Comment: comment,
});
export const feedbackList: z.ZodType<readonly GorseFeedback[]> = batch(feedback);

/** Clients that know no value send 0 or nothing: it happened once. */
const toInput = (row: GorseFeedback): ReactionInput => ({
  userId: row.UserId,
  itemId: row.ItemId,
  type: row.FeedbackType,
  value: row.Value || 1,
  occurredAt: row.Timestamp,
  notes: {
    ...(row.Labels !== undefined && { labels: row.Labels }),
    ...(row.Comment !== undefined && { comment: row.Comment }),
  },
});

const toFeedback = ({
  type,
  userId: UserId,
  itemId: ItemId,
  notes,
  ...reaction
}: UserReaction) => ({
  FeedbackType: type,
  UserId,
  ItemId,
  Value: reaction.value,
  Timestamp: toGorseTime(reaction.occurredAt),
  Updated: toGorseTime(reaction.updatedAt),
  Labels: notes.labels ?? null,
  Comment: notes.comment ?? "",
});

const cursorKey = z.strictObject({ userId: name, itemId: name, type: name });

const toCursor = ({ userId: user, itemId: item, type }: ReactionKey) =>
  Buffer.from(JSON.stringify({ userId: user, itemId: item, type })).toString("base64url");

function readCursor(cursor: string): ReactionKey {
  const refused = () =>
    new EngineError("invalid_request", "cursor is unknown; send the Cursor of the page before", {
      details: { field: "cursor" },
    });
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw refused();
  }
  const parsed = cursorKey.safeParse(key);
  if (!parsed.success) throw refused();
  const { userId: user, itemId: item, type } = parsed.data;
  return { userId: userId(user), itemId: itemId(item), type };
}

type Fields = { readonly [Field in "userId" | "itemId" | "type"]?: string };

/** The parts of the path that a filter consists of. */
const filterOf = ({ id }: GorseRequest, { userId: user, itemId: item, type }: Fields) => ({
  ...(user !== undefined && { userId: userId(id(user)) }),
  ...(item !== undefined && { itemId: itemId(id(item)) }),
  ...(type !== undefined && { type: id(type) }),
});

const byUser = { userId: "user" };
const byItem = { itemId: "item" };
const byPair = { ...byUser, ...byItem };
const byType = { type: "type" };

/** Lists without pages, by path. */
const lists: readonly (readonly [string, Fields])[] = [
  ["/user/:user/feedback", byUser],
  ["/user/:user/feedback/:type", { ...byUser, ...byType }],
  ["/item/:item/feedback", byItem],
  ["/item/:item/feedback/:type", { ...byItem, ...byType }],
  ["/feedback/:user/:item", byPair],
];

export function addGorseFeedback(route: AddGorseRoute, { reactions }: GorseParts): void {
  const record = async ({ context }: GorseRequest, overwrites: boolean) => {
    const inputs = parseField(feedbackList, await readBody(context), "body").map(toInput);
    await reactions.record(inputs, { overwrites });
    return { RowAffected: inputs.length };
  };
  const page = async (request: GorseRequest, fields: Fields) => {
    const query = parseField(cursorQuery, request.context.req.query(), "query");
    const after = query.cursor === "" ? {} : { after: readCursor(query.cursor) };
    const limit = query.n + 1;
    const rows = await reactions.list(filterOf(request, fields), { limit, ...after });
    const shown = rows.slice(0, query.n);
    const last = shown.at(-1);
    const Cursor = rows.length > query.n && last ? toCursor(last) : "";
    return { Cursor, Feedback: shown.map(toFeedback), Feedbacks: shown.map(toFeedback) };
  };
  const remove = async (filter: Partial<ReactionKey>) => ({
    RowAffected: await reactions.delete(filter),
  });
  route("POST", "/feedback", (request) => record(request, false));
  route("PUT", "/feedback", (request) => record(request, true));
  route("GET", "/feedback", (request) => page(request, {}));
  route("GET", "/feedback/:type", (request) => page(request, byType));
  for (const [path, fields] of lists)
    route("GET", path, async (request) => {
      const rows = await reactions.list(filterOf(request, fields), { limit: mostListed });
      return rows.map(toFeedback);
    });
  route("GET", "/feedback/:type/:user/:item", async (request) => {
    const [found] = await reactions.list(filterOf(request, { ...byPair, ...byType }), { limit: 1 });
    if (found !== undefined) return toFeedback(found);
    const details: JsonObject = request.context.req.param();
    throw new EngineError("not_found", "no such feedback; insert it first", { details });
  });
  route("DELETE", "/feedback/:user/:item", (request) => remove(filterOf(request, byPair)));
  route("DELETE", "/feedback/:type/:user/:item", (request) =>
    remove(filterOf(request, { ...byPair, ...byType })),
  );
}
