import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { EngineError, type ErrorCode } from "../../domain/errors.ts";

/** Personalizer's own codes, as its clients list them. */
export type PersonalizerCode =
  // Of Azure's gateway, before the service.
  | "401"
  | "429"
  | "BadRequest"
  | "InvalidRankRequest"
  | "InvalidRewardRequest"
  | "InvalidRequest"
  | "InvalidServiceConfiguration"
  | "InvalidLearningModeServiceConfiguration"
  | "InvalidPolicyConfiguration"
  | "InvalidEvaluationContract"
  | "InvalidMultiSlotApiAccess"
  | "InvalidModelImportFormat"
  | "InvalidModelMetadata"
  | "InvalidApiAccess"
  | "NoLogsExistInDateRange"
  | "LogsSizeExceedAllowedLimit"
  | "PayloadSizeExceeded"
  | "ResourceNotFound"
  | "EvaluationNotFound"
  | "LearningSettingsNotFound"
  | "LogsPropertiesNotFound"
  | "ModelRankingError"
  | "OperationNotAllowed"
  | "InternalServerError";

const field = "personalizerCode";

/** A failure with a code of Personalizer's beside ours. */
export const personalizerError = (
  personalizerCode: PersonalizerCode,
  message: string,
  code: ErrorCode = "invalid_request",
): EngineError => new EngineError(code, message, { details: { [field]: personalizerCode } });

const codes: Partial<Readonly<Record<ErrorCode, PersonalizerCode>>> = {
  invalid_request: "BadRequest",
  unauthenticated: "401",
  missing_scope: "InvalidApiAccess",
  foreign_host: "InvalidApiAccess",
  foreign_origin: "InvalidApiAccess",
  no_candidates: "InvalidRankRequest",
  not_found: "ResourceNotFound",
  payload_too_large: "PayloadSizeExceeded",
  too_many_requests: "429",
  overloaded: "OperationNotAllowed",
  not_ready: "OperationNotAllowed",
  closed: "OperationNotAllowed",
  storage_unavailable: "OperationNotAllowed",
};

const codeOf = ({ code, details }: EngineError, status: number): PersonalizerCode =>
  (details[field] as PersonalizerCode | undefined) ??
  codes[code] ??
  (status < 500 ? "BadRequest" : "InternalServerError");

/** The classic client repeats a 503 for two minutes, and a 429 not at all. */
const soon: readonly ErrorCode[] = ["overloaded", "not_ready", "closed"];

/** 403 for an operation that is not open, 400 for all other mistakes of a caller that Personalizer has no other status for. */
function statusOf(
  code: PersonalizerCode,
  error: EngineError,
  status: ContentfulStatusCode,
): ContentfulStatusCode {
  if (soon.includes(error.code)) return 429;
  if (code === "InvalidApiAccess") return 403;
  return code === "InvalidRankRequest" || code === "PayloadSizeExceeded" ? 400 : status;
}

/** Personalizer's error response: its code, and ours as the inner error. */
export function answerPersonalizerError(
  context: Context,
  error: EngineError,
  status: ContentfulStatusCode,
): Response {
  const code = codeOf(error, status);
  context.header("x-ms-error-code", code);
  const { message } = error;
  const body = { error: { code, message, innerError: { code: error.code } } };
  return context.json(body, statusOf(code, error, status));
}
