import { existsSync } from "node:fs";
import { serveStatic } from "@hono/node-server/serve-static";
import type { MiddlewareHandler } from "hono";
import type { App } from "./app.ts";

const howToBuild = `Recurve answers at /api/v1; its schema is at /openapi.json.

The dashboard is not built. Build it with: npm run build
Then start the server again.
`;

/** Vite names files under assets/ by their content, so only the page itself is asked for again. */
const setHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  if (!context.res.ok) return;
  const kept = context.req.path.startsWith("/assets/");
  context.header("cache-control", kept ? "max-age=31536000, immutable" : "no-cache");
};

/**
 * The built dashboard at `/`, or a page that explains its build. Mounted after the routes, which it
 * must not cover.
 */
export function addDashboard(app: App, folder: string | undefined): void {
  if (folder === undefined || !existsSync(folder)) {
    app.get("/", (context) => context.text(howToBuild));
    return;
  }
  const files = serveStatic({ root: folder });
  // With a route of its own, other methods are not allowed instead of not found.
  app.get("/", setHeaders, files);
  app.use("/*", setHeaders, files);
}
