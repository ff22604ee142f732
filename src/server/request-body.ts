import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { matchedRoutes } from "hono/route";
import { EngineError } from "../domain/errors.ts";
import { maxBytes } from "../engine/input/copy-json.ts";
import { copyInput } from "../engine/input/parse-input.ts";

const refuse = (
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
) => new EngineError("invalid_request", message, { details, cause });

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseBody(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const reason = bytes.byteLength === 0 ? "it is empty" : (cause as Error).message;
    throw refuse(`body can't be read as JSON in UTF-8: ${reason}`, {}, cause);
  }
}

const limitTo = (limit: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: limit,
    onError: () => {
      const message = `body is larger than ${limit} bytes; send it in parts`;
      throw new EngineError("payload_too_large", message, { details: { limit } });
    },
  });

const limitJson = limitTo(maxBytes);
/** A snapshot of a large catalogue, 143 B an item. */
const limitModel = limitTo(64 * maxBytes);

export const limitBody: MiddlewareHandler = (context, next) => {
  const isModel = /^\/personalizer\/[^/]+\/model$/.test(context.req.path);
  return (isModel ? limitModel : limitJson)(context, next);
};

/** The body as JSON that is safe to walk. @throws invalid_request, payload_too_large */
export async function readBody(context: Context): Promise<unknown> {
  const contentType = context.req.header("content-type");
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw refuse(
      `content-type is ${contentType ?? "missing"}; send JSON with content-type: application/json`,
      { contentType },
    );
  }
  const bytes = await context.req.arrayBuffer().catch((cause: unknown) => {
    throw refuse("body ended before its announced length; send it again", {}, cause);
  });
  return copyInput(parseBody(bytes), { place: "body" });
}

/** Stands before the schemas of every route with a body. */
export const checkBody: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  const takesBody = method === "POST" || method === "PUT";
  if (takesBody && matchedRoutes(context).some((route) => route.method === method)) {
    await readBody(context);
  }
  return next();
};
