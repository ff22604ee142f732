import type { MiddlewareHandler } from "hono";
import { routes } from "../contract/routes.ts";
import { EngineError } from "../domain/errors.ts";
import type { ServerEnv } from "./app.ts";
import { createPace } from "./pace.ts";
import { scopeOf } from "./security/route-scopes.ts";
import { onMoreSlates } from "./slates.ts";
import { createTurns } from "./take-turns.ts";

/** They tell operators about an overload, so that they are answered in one. */
const always: readonly string[] = [routes.health, routes.metrics];

/** Longer than this a page does not wait for its items. */
const longestWaitMs = 100;

const remedy = "send the request again in a second, more slowly";

function refuseCount(limit: number): EngineError {
  const message = `the server has ${limit} requests under way, its limit; ${remedy}, or raise server.maxRequests of the configuration`;
  return new EngineError("overloaded", message, { details: { limit } });
}

function refuseWait(expectedMs: number): EngineError {
  const message = `the request would wait ${Math.round(expectedMs)} ms, and the server lets none wait more than ${longestWaitMs} ms; ${remedy}`;
  return new EngineError("overloaded", message, { details: { limitMs: longestWaitMs } });
}

/**
 * Takes at most `limit` requests at a time, and no more than it answers in `longestWaitMs`; others are refused at once, so that
 * those under way are answered in a known time and memory is bounded. A batch is as many requests as it has slates; a larger one
 * than the limit is taken alone. Open routes, health and metrics are not counted, and
 * don't wait for their turn.
 * @param clock milliseconds
 * @throws overloaded
 */
export function limitRequests(limit: number, clock: () => number): MiddlewareHandler<ServerEnv> {
  const pace = createPace(clock);
  const takeTurn = createTurns();
  let requests = 0;
  let slates = 0;
  return async (context, next) => {
    if (always.includes(context.req.path) || scopeOf(context) === "open") return next();
    if (slates >= limit) throw refuseCount(limit);
    const expectedMs = pace.expectedMs(slates + 1);
    if (expectedMs > longestWaitMs) throw refuseWait(expectedMs);
    let own = 1;
    requests += 1;
    slates += own;
    onMoreSlates(context, (more) => {
      if (requests > 1 && slates + more > limit) throw refuseCount(limit);
      own += more;
      slates += more;
    });
    try {
      await takeTurn();
      return await next();
    } finally {
      pace.answered(requests, own);
      requests -= 1;
      slates -= own;
    }
  };
}
