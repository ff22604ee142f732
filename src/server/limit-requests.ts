import type { MiddlewareHandler } from "hono";
import { routes } from "../contract/api.ts";
import { EngineError } from "../domain/errors.ts";
import { scopeOf } from "./security/route-scopes.ts";

/** They tell operators about an overload, so that they are answered in one. */
const always: readonly string[] = [routes.health, routes.metrics];

/** A client that waits so long finds the requests of now answered. */
const retrySeconds = "1";

function refusal(limit: number): EngineError {
  const message = `the server has ${limit} requests under way, its limit; send the request again in a second, more slowly, or raise server.maxRequests of the configuration`;
  return new EngineError("overloaded", message, { details: { limit } });
}

/**
 * Takes at most `limit` requests at a time, and refuses others at once: those under way are answered in a known time, and memory
 * is bounded. Open routes, health and metrics are not counted. @throws overloaded
 */
export function limitRequests(limit: number): MiddlewareHandler {
  let underWay = 0;
  return async (context, next) => {
    if (always.includes(context.req.path) || scopeOf(context) === "open") return next();
    if (underWay >= limit) {
      context.header("retry-after", retrySeconds);
      throw refusal(limit);
    }
    underWay += 1;
    try {
      return await next();
    } finally {
      underWay -= 1;
    }
  };
}
