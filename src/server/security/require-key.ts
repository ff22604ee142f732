import type { Context, MiddlewareHandler } from "hono";
import { grants } from "../../domain/api-key.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Keyring } from "../../engine/keys/keyring.ts";
import type { ServerEnv } from "../app.ts";
import { createKeyLimits } from "./limit-keys.ts";
import { scopeOf } from "./route-scopes.ts";

/** Clients of other systems send their key in headers of their own. */
const headersOfWires = {
  "/gorse/": "x-api-key",
  "/personalizer/": "ocp-apim-subscription-key",
} as const;

function readKey({ req }: Context): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(req.header("authorization") ?? "") ?? [];
  if (bearer !== undefined) return bearer;
  const wire = Object.entries(headersOfWires).find(([prefix]) => req.path.startsWith(prefix));
  return wire && (req.header(wire[1]) || undefined);
}

/** Comes before the body is read. @throws unauthenticated, missing_scope, too_many_requests */
export function requireKey(keyring: Keyring, clock: () => number): MiddlewareHandler<ServerEnv> {
  const takeRequest = createKeyLimits(clock);
  return async (context, next) => {
    const scope = scopeOf(context);
    if (scope === "open") return next();
    const key = await keyring.authenticate(readKey(context)).catch((error: unknown) => {
      context.header("www-authenticate", "Bearer");
      throw error;
    });
    if (key && !grants(key, scope)) {
      const message = `key '${key.name}' has the scopes ${key.scopes.join(", ")}; send one with the scope ${scope}`;
      throw new EngineError("missing_scope", message, { details: { scope } });
    }
    if (key) {
      context.set("keyName", key.name);
      takeRequest(context, key);
    }
    return next();
  };
}
