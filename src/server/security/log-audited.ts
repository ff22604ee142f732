import type { MiddlewareHandler } from "hono";
import type { LogAudited, ServerEnv } from "../app.ts";
import { routeOf } from "../route-of.ts";
import { scopeOf } from "./route-scopes.ts";

/** Who erased, exported or steered something. Comes after the key's check, so that strangers fill no log. */
export const logAuditedRequests =
  (logAudited: LogAudited): MiddlewareHandler<ServerEnv> =>
  async (context, next) => {
    await next();
    const scope = scopeOf(context);
    const { method } = context.req;
    if (scope !== "admin" && !(scope === "write" && method === "DELETE")) return;
    const keyName = context.get("keyName");
    logAudited({
      requestId: context.get("requestId"),
      method,
      route: routeOf(context),
      status: context.res.status,
      ...(keyName !== undefined && { keyName }),
    });
  };
