import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RequestIdVariables } from "hono/request-id";
import type { Engine } from "../engine/engine.ts";
import type { Metrics } from "./metrics.ts";

/** Called with the slates of a request beyond its first. */
export type TakeMore = (slates: number) => void;

/** Hono's environment of the server: variables of a request. */
export interface ServerEnv {
  readonly Variables: RequestIdVariables & {
    /** Name of the API key that the request was let in with. */
    keyName?: string;
    /** Those that limit requests. */
    takeMore?: readonly TakeMore[];
  };
}

/** `fetch` answers a request, `request` does so for tests without a socket. */
export type App = OpenAPIHono<ServerEnv>;

/** `route` is a pattern such as `/api/v1/users/:userId`: paths have ids of users, which a log must not keep. */
export interface FailedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  /** Requests that failed alike since the last one that was logged. */
  readonly more?: number;
}

/** A request that erased, exported or steered something. */
export interface AuditedRequest extends FailedRequest {
  readonly status: number;
  /** Name of the API key that it was let in with. */
  readonly keyName?: string;
}

/** Called for each of them, answered or refused by its route. */
export type LogAudited = (request: AuditedRequest) => void;

/** Called for failures that are not the caller's: each defect, and one in a minute of those that meet all requests alike. */
export type LogError = (error: Error, request: FailedRequest) => void;

/** Called with warnings for a person, while requests are still answered. */
export type LogWarning = (message: string) => void;

/** Parts of the routes. */
export interface RouteParts {
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logWarning: LogWarning;
  /** Requests are answered still, but should go elsewhere. */
  readonly isClosing: () => boolean;
}
