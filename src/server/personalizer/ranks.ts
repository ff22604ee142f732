import type { Context } from "hono";
import { EngineError } from "../../domain/errors.ts";
import { name } from "../../engine/input/fields.ts";
import { takeBaselines } from "../../engine/ranks/demonstrations.ts";
import type { Ranked, RankedSlot, RankRequest } from "../../engine/ranks/rank-request.ts";
import type { ServerEnv } from "../app.ts";
import { readBody } from "../request-body.ts";
import { routeOf } from "../route-of.ts";
import { countSlates } from "../slates.ts";
import type { AddPersonalizerRoute, PersonalizerParts } from "./personalizer-routes.ts";
import {
  parseMultiSlotRank,
  parseRank,
  parseWire,
  rewardBody,
  slotRewardsBody,
} from "./rank-fields.ts";

/** The chosen action first, the others by their probability; excluded ones stay in their places. */
function toRanking(order: readonly string[], { chosen, probabilities }: RankedSlot) {
  const known = new Map<string, number>(probabilities);
  const first = (id: string) => (id === chosen ? 1 : 0);
  const sorted = [...known.keys()].sort(
    (left, right) => first(right) - first(left) || (known.get(right) ?? 0) - (known.get(left) ?? 0),
  );
  let next = 0;
  return order.map((own) => {
    const id = known.has(own) ? (sorted[next++] ?? own) : own;
    return { id, probability: known.get(id) ?? 0 };
  });
}

/** Clients send a failed rank again for minutes while a page waits: the caller's own choice is better. */
async function rankOrBaseline(
  { ranks, metrics, logError }: PersonalizerParts,
  request: RankRequest,
  context: Context<ServerEnv>,
): Promise<Ranked> {
  try {
    const ranked = await ranks.rank(request);
    for (const recommendation of ranked.made) metrics.countRecommendation(recommendation);
    return ranked;
  } catch (error) {
    const isCallers =
      error instanceof EngineError &&
      ["invalid_request", "no_candidates", "conflict"].includes(error.code);
    if (isCallers) throw error;
    const requestId = context.get("requestId");
    const { method } = context.req;
    logError(error as Error, { requestId, method, route: routeOf(context) });
    const slots = takeBaselines(request.slots);
    if (slots.length < request.slots.length) throw error;
    return { eventId: request.eventId ?? requestId, slots, made: [] };
  }
}

const eventIdOf = (context: Context<ServerEnv>) =>
  parseWire(name, context.req.param("eventId"), "BadRequest");

/** The clients send it again with a request that they repeat. */
const requestIdOf = (context: Context<ServerEnv>) =>
  context.req.header("x-ms-client-request-id") ?? context.get("requestId");

export function addRanks(route: AddPersonalizerRoute, parts: PersonalizerParts): void {
  const { ranks } = parts;
  route("POST", "/rank", async (context) => {
    const { request, order } = parseRank(await readBody(context));
    const { eventId, slots } = await rankOrBaseline(parts, request, context);
    const [slot] = slots;
    if (slot === undefined) throw new RangeError("a rank without a slot");
    const ranking = toRanking(order, slot);
    return context.json({ ranking, eventId, rewardActionId: slot.chosen }, 201);
  });
  route("POST", "/multislot/rank", async (context) => {
    const { request, slotIds } = parseMultiSlotRank(await readBody(context));
    countSlates(context, slotIds.length);
    const { eventId, slots } = await rankOrBaseline(parts, request, context);
    const chosen = slots.map((slot, index) => ({
      id: slotIds[index] ?? "",
      rewardActionId: slot.chosen,
    }));
    return context.json({ slots: chosen, eventId }, 201);
  });
  route("POST", "/events/:eventId/reward", async (context) => {
    const { value } = parseWire(rewardBody, await readBody(context), "InvalidRewardRequest");
    await ranks.reward(eventIdOf(context), [{ value }], requestIdOf(context));
    return context.body(null, 204);
  });
  route("POST", "/multislot/events/:eventId/reward", async (context) => {
    const { reward } = parseWire(slotRewardsBody, await readBody(context), "InvalidRewardRequest");
    await ranks.reward(eventIdOf(context), reward, requestIdOf(context));
    return context.body(null, 204);
  });
  for (const path of ["/events/:eventId/activate", "/multislot/events/:eventId/activate"])
    route("POST", path, async (context) => {
      await ranks.activate(eventIdOf(context));
      return context.body(null, 204);
    });
}
