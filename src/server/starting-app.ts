import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { EngineError } from "../domain/errors.ts";
import type { ServerEnv } from "./app.ts";
import { answerError, notReady } from "./errors.ts";

/** Answers every request with the same error, in the form of its wire. */
export function createRefusingApp(error: EngineError): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use(requestId());
  app.all("*", (context) => answerError(context, error));
  return app;
}

/** Answers in place of the server until the catalogue is read, which can take minutes: that it is not ready. */
export const createStartingApp = (): Hono<ServerEnv> => createRefusingApp(notReady("is starting"));
