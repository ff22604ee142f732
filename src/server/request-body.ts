import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { matchedRoutes } from "hono/route";
import { maxBytes } from "../contract/batches.ts";
import { EngineError } from "../domain/errors.ts";
import { copyInput } from "../engine/input/parse-input.ts";
import { hasBody } from "./unread-body.ts";

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

/** Node.js reads no more of a body than its announced length. */
const isAnnouncedBelow = ({ req }: Context, limit: number) =>
  req.header("transfer-encoding") === undefined && Number(req.header("content-length")) <= limit;

/** The caller's failure, not the server's. */
function refuseBrokenOff(cause: unknown): never {
  if (cause instanceof EngineError) throw cause;
  throw refuse("body broke off before its end; send it again", {}, cause);
}

function limitTo(limit: number): MiddlewareHandler {
  const count = bodyLimit({
    maxSize: limit,
    onError: () => {
      const message = `body is larger than ${limit} bytes; send it in parts`;
      throw new EngineError("payload_too_large", message, { details: { limit } });
    },
  });
  return async (context, next) => {
    if (!isAnnouncedBelow(context, limit))
      await count(context, async () => {}).catch(refuseBrokenOff);
    return next();
  };
}

const limitJson = limitTo(maxBytes);
/** A snapshot of a large catalogue, 143 B an item. */
const limitModel = limitTo(64 * maxBytes);

export const limitBody: MiddlewareHandler = (context, next) => {
  const isModel = /^\/personalizer\/[^/]+\/model$/.test(context.req.path);
  return (isModel ? limitModel : limitJson)(context, next);
};

const receive = ({ req }: Context) => req.arrayBuffer().catch(refuseBrokenOff);

const hasRoute = (context: Context) =>
  matchedRoutes(context).some((route) => route.method === context.req.method);

/** Of a body that comes slowly nothing else has to wait: the request is taken once it is there. */
export const receiveBody: MiddlewareHandler = async (context, next) => {
  if (hasBody(context) && hasRoute(context)) await receive(context);
  return next();
};

const json = "application/json";

/** The body as JSON that is safe to walk. @throws invalid_request, payload_too_large */
export async function readBody(context: Context): Promise<unknown> {
  const contentType = context.req.header("content-type");
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw refuse(
      `content-type is ${contentType ?? "missing"}; send JSON with content-type: application/json`,
      { contentType },
    );
  }
  return copyInput(parseBody(await receive(context)), { place: "body" });
}

/** Its path says everything. */
const isActivation = (path: string) => /^\/api\/v1\/decisions\/[^/]+\/activate$/.test(path);

/** Stands before the schemas of every route with a body. */
export const checkBody: MiddlewareHandler = async (context, next) => {
  const { method, path } = context.req;
  const takesBody = (method === "POST" || method === "PUT") && !isActivation(path);
  if (takesBody && hasRoute(context)) {
    await readBody(context);
    // The schemas' library takes fewer forms of the header.
    if (context.req.header("content-type") !== json)
      context.req.raw.headers.set("content-type", json);
  }
  return next();
};
