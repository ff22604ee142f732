import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ErrorBody } from "../contract/error-body.ts";
import { EngineError, type ErrorCode } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { refuseInput } from "../engine/input/parse-input.ts";
import { describeProblems } from "../engine/input/schema-problems.ts";
import type { LogError, ServerEnv } from "./app.ts";
import { answerGorseError } from "./gorse/errors.ts";
import { answerPersonalizerError } from "./personalizer/errors.ts";
import { routeOf } from "./route-of.ts";

/**
 * 422: well-formed, but it names something that doesn't exist. 500 and above are the operator's,
 * and are logged.
 */
export const statusByCode: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid_request: 400,
  unauthenticated: 401,
  missing_scope: 403,
  foreign_host: 403,
  foreign_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unknown_scenario: 422,
  unknown_item: 422,
  unknown_user: 422,
  unknown_decision: 422,
  no_candidates: 422,
  invalid_file: 422,
  too_many_requests: 429,
  overloaded: 503,
  not_ready: 503,
  learner_busy: 503,
  tracking_failed: 503,
  storage_unavailable: 503,
  closed: 503,
  invalid_configuration: 500,
  corrupt_snapshot: 500,
  unsupported_snapshot_version: 500,
  unsupported_database_version: 500,
  port_in_use: 500,
  audit_failed: 500,
  target_missed: 500,
  internal: 500,
};

/**
 * The answer to an unexpected failure has no details: its message and stack are in the log, under
 * the request's id.
 */
export function toEngineError(error: Error): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new EngineError("invalid_request", error.message, { cause: error });
  }
  const message = "something failed in the server; its log has the reason under this requestId";
  return new EngineError("internal", message, { cause: error });
}

const documentUrl = "https://github.com/recurve-engine/recurve/blob/main/docs/errors.md";

/** `unknown_item` as "Unknown item". */
const toTitle = (code: ErrorCode) =>
  `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll("_", " ")}`;

/** Of a body of problem details (RFC 9457). */
export const problemType = "application/problem+json";

export function toErrorBody({ code, message, details }: EngineError, requestId: string): ErrorBody {
  return {
    type: `${documentUrl}#${code}`,
    title: toTitle(code),
    status: statusByCode[code],
    detail: message,
    error: { code, message, details: details as JsonObject, requestId },
  };
}

/** Other systems' wires have formats of their own for errors. */
const formats: Readonly<Record<string, AnswerForeign>> = {
  "/gorse/": answerGorseError,
  "/personalizer/": answerPersonalizerError,
};

/** How a wire of another system answers a failure. */
type AnswerForeign = (
  context: Context<ServerEnv>,
  error: EngineError,
  status: ContentfulStatusCode,
) => Response;

/** A client that waits so long finds the requests of now answered. */
const retryAfterSeconds: Readonly<Partial<Record<ErrorCode, number>>> = {
  overloaded: 1,
  not_ready: 5,
};

export function answerError(context: Context<ServerEnv>, error: EngineError): Response {
  const seconds = retryAfterSeconds[error.code];
  if (seconds !== undefined) context.header("retry-after", String(seconds));
  const prefix = Object.keys(formats).find((one) => context.req.path.startsWith(one));
  const answerForeign = formats[prefix ?? ""];
  if (answerForeign) return answerForeign(context, error, statusByCode[error.code]);
  const body = toErrorBody(error, context.get("requestId"));
  return context.json(body, statusByCode[error.code], { "content-type": problemType });
}

export const notReady = (state: "is starting" | "is stopping"): EngineError =>
  new EngineError("not_ready", `the server ${state}; send the request again in some seconds`);

export function createErrorHandler(logError: LogError) {
  return (error: Error, context: Context<ServerEnv>): Response => {
    const expected = toEngineError(error);
    if (statusByCode[expected.code] >= 500) {
      const { method } = context.req;
      logError(error, { requestId: context.get("requestId"), method, route: routeOf(context) });
    }
    return answerError(context, expected);
  };
}

/** A schema's complaint as `invalid_request`. */
export function toInvalidRequest(place: string, error: z.ZodError, input: unknown): EngineError {
  const hint = "the schema is at /openapi.json";
  return refuseInput(describeProblems(error, input), { place, hint });
}
