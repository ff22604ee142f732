import { refuse } from "./transport.ts";

/** With half of a pair an id is no text. Without a sign, or of one or two dots, it would be another path. */
const isUnfit = /^\.{0,2}$|\p{Surrogate}/u;

function toSegment([field, id]: [string, unknown]): string {
  if (typeof id === "string" && !isUnfit.test(id)) return encodeURIComponent(id);
  const shown = typeof id === "string" ? JSON.stringify(id) : id;
  throw refuse(field, shown, 'send a text other than "", "." and ".."');
}

/**
 * The path of ids behind a route. It is made as its request is, so that a method rejects and never throws.
 * @throws ApiError invalid_request for an id that no path can name, later
 */
export const at =
  (route: string, ids: Readonly<Record<string, unknown>>, rest = "") =>
  (): string =>
    `${[route, ...Object.entries(ids).map(toSegment)].join("/")}${rest}`;
