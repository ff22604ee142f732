import { EngineError } from "../../domain/errors.ts";
import { userId } from "../../domain/ids.ts";
import type { Recommendation } from "../../engine/calls/serving-calls.ts";
import { readBody } from "../request-body.ts";
import { feedbackList } from "./feedback.ts";
import { type ListPage, pageQuery, parseField, recommendQuery } from "./gorse-fields.ts";
import {
  type AddGorseRoute,
  type GorseParts,
  type GorseRequest,
  withCategory,
} from "./gorse-routes.ts";

/** A user's reactions of which no list shows the items, if it is asked so. */
const mostSeen = 10_000;

interface Score {
  readonly Id: string;
  readonly Score: number;
}

/** The page of a list that the query asks for. */
function cut(
  scores: readonly Score[],
  { n, offset }: ListPage,
  left: ReadonlySet<string> = new Set(),
): readonly Score[] {
  return scores.filter(({ Id }) => !left.has(Id)).slice(offset, offset + n);
}

/** The probability of an item in its position, given the items above it. */
const toScores = ({ decision }: Recommendation): readonly Score[] =>
  decision.slate.map((Id, position) => ({
    Id,
    Score: decision.positionPropensities[position] ?? 0,
  }));

/** Σ similarity to the items of a session, without those items. */
async function scoreSession(
  { reactions }: GorseParts,
  session: readonly string[],
  categories: readonly string[],
): Promise<readonly Score[]> {
  const sums = new Map<string, number>();
  for (const item of session)
    for (const { id, score } of await reactions.similarItems(item, categories))
      sums.set(id, (sums.get(id) ?? 0) + score);
  for (const item of session) sums.delete(item);
  const scores = [...sums].map(([Id, Score]) => ({ Id, Score }));
  return scores.sort((left, right) => right.Score - left.Score || (left.Id < right.Id ? -1 : 1));
}

function addRecommendation(route: AddGorseRoute, { reactions, metrics }: GorseParts): void {
  route("GET", withCategory("/recommend/:user"), async ({ context, id, categories }) => {
    const query = parseField(recommendQuery, context.req.query(), "query");
    const { n: size, offset } = query;
    const type = query["write-back-type"];
    const writeBack =
      type === undefined ? {} : { writeBack: { type, delayMs: query["write-back-delay"] } };
    const page = { userId: id("user"), size, offset, categories, ...writeBack };
    const recommendation = await reactions.recommend(page);
    if (recommendation === undefined) return [];
    metrics.countRecommendation(recommendation);
    const isScored = context.req.header("x-api-version") === "2";
    return isScored ? toScores(recommendation) : recommendation.decision.slate;
  });
}

/** Lists that no policy chooses. They are no decisions. */
function addLists(route: AddGorseRoute, parts: GorseParts): void {
  const { reactions } = parts;
  const queryOf = ({ context }: GorseRequest) =>
    parseField(pageQuery, context.req.query(), "query");
  const popular = async (categories: readonly string[]) =>
    (await reactions.popular(categories)).map(({ id: Id, score: Score }) => ({ Id, Score }));
  const latest = async (categories: readonly string[]) =>
    (await reactions.latest(categories)).map(({ itemId: Id, time }) => ({
      Id,
      Score: Math.floor(time / 1000),
    }));
  const list = async (request: GorseRequest, scores: readonly Score[]) => {
    const query = queryOf(request);
    const user = query["user-id"];
    const seen =
      user === undefined ? [] : await reactions.list({ userId: userId(user) }, { limit: mostSeen });
    return cut(scores, query, new Set(seen.map(({ itemId }) => itemId)));
  };
  const named: ReadonlyMap<string, typeof popular> = new Map([
    ["popular", popular],
    ["latest", latest],
  ]);
  for (const [name, find] of named)
    route("GET", withCategory(`/${name}`), async (request) =>
      list(request, await find(request.categories)),
    );
  route("GET", withCategory("/non-personalized/:name"), async (request) => {
    const find = named.get(request.id("name"));
    if (find) return list(request, await find(request.categories));
    const message = `there is no list '${request.id("name")}'; choose one of ${[...named.keys()].join(", ")}`;
    throw new EngineError("not_found", message, { details: { known: [...named.keys()] } });
  });
  route("GET", withCategory("/item/:item/neighbors"), async (request) => {
    const found = await reactions.similarItems(request.id("item"), request.categories);
    return cut(
      found.map(({ id: Id, score: Score }) => ({ Id, Score })),
      queryOf(request),
    );
  });
  route("GET", "/user/:user/neighbors", async (request) => {
    const found = await reactions.similarUsers(request.id("user"));
    return cut(
      found.map(({ id: Id, score: Score }) => ({ Id, Score })),
      queryOf(request),
    );
  });
  route("POST", withCategory("/session/recommend"), async (request) => {
    const session = parseField(feedbackList, await readBody(request.context), "body");
    const items = [...new Set(session.map(({ ItemId }) => ItemId))];
    return cut(await scoreSession(parts, items, request.categories), queryOf(request));
  });
}

export function addGorseRecommendations(route: AddGorseRoute, parts: GorseParts): void {
  addRecommendation(route, parts);
  addLists(route, parts);
}
