import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { EngineError } from "../../domain/errors.ts";

/** Gorse answers failures in plain text: our code and message. */
export const answerGorseError = (
  context: Context,
  { code, message }: EngineError,
  status: ContentfulStatusCode,
): Response => context.text(`${code}: ${message}`, status);
