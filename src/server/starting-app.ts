import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { ServerEnv } from "./app.ts";
import { answerError, notReady } from "./errors.ts";

/** Answers in place of the server until the catalogue is read, which can take minutes: that it is not ready. */
export function createStartingApp(): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use(requestId());
  app.all("*", (context) => answerError(context, notReady("is starting")));
  return app;
}
