import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { App, ServerEnv } from "./app.ts";
import { toInvalidRequest } from "./errors.ts";
import { routeOf } from "./route-of.ts";

const noFields = z.strictObject({});

/** As `GET /api/v1/users/:userId`. */
const listWithoutQuery = ({ openAPIRegistry }: App): ReadonlySet<string> =>
  new Set(
    openAPIRegistry.definitions.flatMap((definition) => {
      if (definition.type !== "route" || definition.route.request?.query) return [];
      const { method, path } = definition.route;
      return [`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`];
    }),
  );

/** Refuses fields of a query that no schema reads: a `DELETE` with `?dryRun=true` would erase. */
export function refuseQuery(app: App): MiddlewareHandler<ServerEnv> {
  let routes: ReadonlySet<string> | undefined;
  return async (context, next) => {
    const query = context.req.query();
    const parsed = noFields.safeParse(query);
    if (!parsed.success) {
      // Once all routes are there.
      routes ??= listWithoutQuery(app);
      if (routes.has(`${context.req.method} ${routeOf(context)}`))
        throw toInvalidRequest("query", parsed.error, query);
    }
    await next();
  };
}
