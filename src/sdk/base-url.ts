import { ApiError } from "./transport.ts";

/** An address that requests can be sent to from anywhere. Behind a query or a fragment no path is one. */
export const isAbsolute = (text: string): boolean =>
  /^https?:[^?#]*$/i.test(text) && URL.canParse(text);

/** Seen from a page; a caller's own `fetch` may resolve it as well. */
const isRelative = (text: string) => /^(\/[^?#]*)?$/.test(text);

function refuseBaseUrl(baseUrl: unknown, remedy: string): never {
  const value = baseUrl === undefined ? "nothing" : JSON.stringify(baseUrl);
  const message = `baseUrl must be the URL of the server ${remedy}, such as "http://127.0.0.1:7400", got ${value}`;
  throw new ApiError("invalid_base_url", message, { status: 0, details: { field: "baseUrl" } });
}

/**
 * Before any request: a bad address must not look like an unreachable server.
 * @throws ApiError invalid_base_url
 */
export function checkBaseUrl(baseUrl: unknown): string {
  if (typeof baseUrl === "string" && (isAbsolute(baseUrl) || isRelative(baseUrl))) return baseUrl;
  return refuseBaseUrl(baseUrl, "without query and fragment");
}

/**
 * Asked at each request: a component's client is made on the server that renders its page first, and sends nothing there.
 * @throws ApiError invalid_base_url
 */
export function checkHost(baseUrl: string, hasOwnFetch: boolean): void {
  if (isAbsolute(baseUrl) || hasOwnFetch || "location" in globalThis) return;
  refuseBaseUrl(baseUrl, "with its host where there is no page");
}
