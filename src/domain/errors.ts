/** The closed set of codes. Each one is explained in docs/errors.md; a test holds the two together. */
export const errorCodes = [
  "invalid_request",
  "unauthenticated",
  "missing_scope",
  "foreign_host",
  "foreign_origin",
  "method_not_allowed",
  "payload_too_large",
  "not_found",
  "unknown_scenario",
  "unknown_item",
  "unknown_user",
  "unknown_decision",
  "conflict",
  "no_candidates",
  "invalid_file",
  "invalid_configuration",
  "corrupt_snapshot",
  "unsupported_snapshot_version",
  "unsupported_database_version",
  "storage_unavailable",
  "learner_busy",
  "tracking_failed",
  "overloaded",
  "too_many_requests",
  "closed",
  "not_ready",
  "port_in_use",
  "audit_failed",
  "target_missed",
  "internal",
] as const;

/** A code of docs/errors.md: an entry of `errorCodes`. */
export type ErrorCode = (typeof errorCodes)[number];

/** Facts about the failure that a program can act on: field, value, row, limit. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error that Recurve expects to throw. The message names the field, the value and the
 * remedy.
 *
 * @example
 * import { EngineError, parseConfiguration } from "recurve";
 *
 * try {
 *   parseConfiguration({ scenarios: [] });
 * } catch (error) {
 *   if (error instanceof EngineError) console.log(error.code); // invalid_configuration
 * }
 */
export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "EngineError";
    this.code = code;
    this.details = options.details ?? {};
  }
}
