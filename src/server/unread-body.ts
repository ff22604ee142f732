import type { Context, MiddlewareHandler } from "hono";

function hasUnreadBody({ req, res }: Context): boolean {
  const announced = Number(req.header("content-length") ?? 0) > 0;
  if (!announced && req.header("transfer-encoding") === undefined) return false;
  // A body that is too large was read in part at most.
  return res.status === 413 || !req.raw.bodyUsed;
}

/**
 * A request that is refused before its body was read ends its connection, and says so: the rest of the body is in the way of
 * the next request, which a client would lose.
 */
export const closeAfterUnread: MiddlewareHandler = async (context, next) => {
  await next();
  if (context.res.status >= 400 && hasUnreadBody(context)) context.header("connection", "close");
};
