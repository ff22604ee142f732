import type { Context, MiddlewareHandler } from "hono";

/** Whether a request announces a body. */
export const hasBody = ({ req }: Context): boolean =>
  Number(req.header("content-length") ?? 0) > 0 || req.header("transfer-encoding") !== undefined;

/** A body that is too large was read in part at most. */
const hasUnreadBody = (context: Context) =>
  hasBody(context) && (context.res.status === 413 || !context.req.raw.bodyUsed);

/**
 * A request that is refused before its body was read ends its connection, and says so: the rest of the body is in the way of
 * the next request, which a client would lose.
 */
export const closeAfterUnread: MiddlewareHandler = async (context, next) => {
  await next();
  if (context.res.status >= 400 && hasUnreadBody(context)) context.header("connection", "close");
};
