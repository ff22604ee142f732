import { ApiError } from "./transport.ts";

/** An address that requests can be sent to from anywhere. Behind a query or a fragment no path is one. */
export const isAbsolute = (text: string): boolean =>
  /^https?:[^?#]*$/i.test(text) && URL.canParse(text);

/** Seen from a page; a caller's own `fetch` may resolve it as well. */
const isRelative = (text: string) => /^(\/[^?#]*)?$/.test(text);

/**
 * Before any request: a bad address must not look like an unreachable server.
 * @throws ApiError invalid_base_url
 */
export function checkBaseUrl(baseUrl: unknown, hasOwnFetch: boolean): string {
  const knowsHost = hasOwnFetch || "location" in globalThis;
  if (typeof baseUrl === "string") {
    if (isAbsolute(baseUrl) || (knowsHost && isRelative(baseUrl))) return baseUrl;
  }
  const value = baseUrl === undefined ? "nothing" : JSON.stringify(baseUrl);
  const message = `baseUrl must be the URL of the server without query and fragment, such as "http://127.0.0.1:7400", got ${value}`;
  throw new ApiError("invalid_base_url", message, { status: 0, details: { field: "baseUrl" } });
}
