import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { matchedRoutes } from "hono/route";
import { EngineError } from "../domain/errors.ts";
import { formatPath } from "../engine/schema-problems.ts";

const maxBodyBytes = 2 ** 20;
/** A walk over the body is recursive, so its depth is bounded. */
const maxDepth = 32;
/** Objects, arrays and what is in them. */
const maxValues = 100_000;

const refuse = (
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
) => new EngineError("invalid_request", message, { details, cause });

/** @throws invalid_request where the value is deeper or larger than we take, or holds a number that is none */
export function checkJson(root: unknown): void {
  const path: PropertyKey[] = [];
  let count = 0;
  const visit = (value: unknown): void => {
    if (++count > maxValues) {
      throw refuse(`body holds more than ${maxValues} values; send fewer`, { limit: maxValues });
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      const field = formatPath(path);
      throw refuse(`body field ${field} is larger than a double holds; send a finite number`, {
        field,
      });
    }
    if (typeof value === "object" && value !== null) visitChildren(value);
  };
  const visitChildren = (parent: object): void => {
    if (path.length >= maxDepth) {
      const message = `body is nested deeper than ${maxDepth} levels; flatten it`;
      throw refuse(message, { limit: maxDepth });
    }
    for (const [key, child] of Object.entries(parent)) {
      path.push(Array.isArray(parent) ? Number(key) : key);
      if (key === "__proto__") {
        throw refuse(`body field ${formatPath(path)} can't be stored; rename it`, {
          field: formatPath(path),
        });
      }
      visit(child);
      path.pop();
    }
  };
  visit(root);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseBody(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const reason = bytes.byteLength === 0 ? "it is empty" : (cause as Error).message;
    throw refuse(`body can't be read as JSON in UTF-8: ${reason}`, {}, cause);
  }
}

export const limitBody: MiddlewareHandler = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    const message = `body is larger than ${maxBodyBytes} bytes; send it in parts`;
    throw new EngineError("payload_too_large", message, { details: { limit: maxBodyBytes } });
  },
});

/** Stands before the schemas of every route with a body: they see JSON that is safe to walk. */
export const checkBody: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  const takesBody = method === "POST" || method === "PUT";
  if (!takesBody || !matchedRoutes(context).some((route) => route.method === method)) {
    return next();
  }
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
  checkJson(parseBody(bytes));
  return next();
};
