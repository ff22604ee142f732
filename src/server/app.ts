import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RequestIdVariables } from "hono/request-id";
import type { Engine } from "../engine/engine.ts";
import type { Metrics } from "./metrics.ts";

export interface ServerEnv {
  readonly Variables: RequestIdVariables;
}

/** `fetch` answers a request, `request` does so for tests without a socket. */
export type App = OpenAPIHono<ServerEnv>;

/** Is told of every failure that is not the caller's. */
export type LogError = (
  error: Error,
  request: { readonly requestId: string; readonly method: string; readonly path: string },
) => void;

/** What the routes are made of. */
export interface RouteParts {
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}
