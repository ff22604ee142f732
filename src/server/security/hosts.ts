import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { EngineError } from "../../domain/errors.ts";
import { scopeOf } from "./route-scopes.ts";

/** An address that only this machine reaches, without the brackets of IPv6. */
export const isLoopback = (host: string): boolean =>
  /^((.+\.)?localhost|127(\.\d+){3}|::1)$/i.test(host);

/** Every address of the machine. */
const isUnspecified = (host: string) => host === "::" || host === "0.0.0.0";

/** Name or address in a `host` header, without the port: one that is forwarded differs. */
const nameIn = (header: string): string | undefined =>
  /^(?:\[([\da-f:.]+)\]|([\w.-]+?)\.?)(?::\d*)?$/i.exec(header)?.slice(1).join("").toLowerCase();

/**
 * Whether a `host` header names this server: loopback, the address that it listens on, or a
 * configured name. A page that has its own name resolve to this machine (DNS rebinding) sends that
 * name. It can't send an address, so that all are taken if the server listens on every address.
 */
export function createHostCheck(
  listening: string,
  configured: readonly string[],
): (header: string) => boolean {
  const known = new Set([listening, ...configured].map((name) => name.toLowerCase()));
  const takesAddresses = isUnspecified(listening);
  return (header) => {
    const name = nameIn(header) ?? "";
    return isLoopback(name) || known.has(name) || (takesAddresses && isIP(name) > 0);
  };
}

const shown = (header: string) => header.slice(0, 40);

/** The host that a request was sent to, with its port. */
const hostOf = (header: string | undefined, url: string) => header ?? new URL(url).host;

/** @throws foreign_host */
export const refuseForeignHosts =
  (isOwnHost: (header: string) => boolean): MiddlewareHandler =>
  async ({ req }, next) => {
    const host = hostOf(req.header("host"), req.url);
    if (isOwnHost(host)) return next();
    const message = `host is '${shown(host)}', which is no name of this server; send requests to its own address, or add the name to server.hosts of the configuration`;
    throw new EngineError("foreign_host", message, { details: { host: shown(host) } });
  };

/** A proxy may have taken TLS off, so that schemes are not compared. */
function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** Images, frames and links of another page come without an origin, but browsers tell that they are. */
function isForeignLink(context: Context): boolean {
  const site = context.req.header("sec-fetch-site") ?? "none";
  if (site === "none" || site === "same-origin") return false;
  return !["open", "read"].includes(scopeOf(context));
}

function findForeignOrigin(context: Context, allowed: readonly string[]): string | undefined {
  const { req } = context;
  const origin = req.header("origin");
  if (origin === undefined) return isForeignLink(context) ? "of another page" : undefined;
  const isOwn = isSameHost(origin, hostOf(req.header("host"), req.url));
  return isOwn || allowed.includes(origin) ? undefined : origin;
}

/**
 * Browsers send `origin` with the requests that a page's scripts make to another server; other
 * clients send none. Reads are refused too: Gorse's recommendations, which are recorded, are a GET.
 * @throws foreign_origin
 */
export const refuseForeignOrigins =
  (allowed: readonly string[]): MiddlewareHandler =>
  async (context, next) => {
    const found = findForeignOrigin(context, allowed);
    if (found === undefined) return next();
    const origin = shown(found);
    const message = `origin is '${origin}', whose pages may not call this server; send requests from your own server, or add the origin to server.origins of the configuration`;
    throw new EngineError("foreign_origin", message, { details: { origin } });
  };
