import type { Context } from "hono";
import { matchedRoutes } from "hono/route";

/** Pattern of the route that answers, such as `/api/v1/items/:itemId`. Middleware is registered for all methods, routes for one. */
export const routeOf = (context: Context): string =>
  matchedRoutes(context).findLast(({ method }) => method !== "ALL")?.path ?? "other";
