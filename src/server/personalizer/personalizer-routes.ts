import type { Context } from "hono";
import type { RankLoop } from "../../engine/ranks/rank-loop.ts";
import type { App, LogError, RouteParts, ServerEnv } from "../app.ts";

/** Parts of the routes of Personalizer's wire. */
export interface PersonalizerParts extends RouteParts {
  readonly ranks: RankLoop;
  readonly logError: LogError;
}

const bases = ["/personalizer/v1.0", "/personalizer/v1.1-preview.3"];

export type AddPersonalizerRoute = (
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  answer: (context: Context<ServerEnv>) => Promise<Response>,
) => void;

/**
 * The preview client's `isUnexpected` takes the success of a path with an id for a failure, unless this header has the path
 * without its base.
 */
function tellOriginal(context: Context<ServerEnv>, base: string): void {
  const url = new URL(context.req.url);
  context.header("x-ms-original-url", `${url.origin}${url.pathname.slice(base.length)}`);
}

export const personalizerRoutes =
  (app: App): AddPersonalizerRoute =>
  (method, path, answer) => {
    for (const base of bases)
      app.on(method, `${base}${path}`, async (context) => {
        tellOriginal(context, base);
        return answer(context);
      });
  };
