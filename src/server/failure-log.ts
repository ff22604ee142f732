import { EngineError, type ErrorCode } from "../domain/errors.ts";
import type { FailedRequest, LogError } from "./app.ts";

/** They meet all requests alike: a full disk would fill the log, and so the disk. */
const alike: readonly ErrorCode[] = ["storage_unavailable", "overloaded", "not_ready", "closed"];
const pauseMs = 60_000;

/** Their number is bounded: codes of SQLite, and columns. */
const kindOf = ({ code, details }: EngineError) => `${code} ${details.code} ${details.column}`;

/** Passes on each defect, and of failures that meet all requests the first in a minute, with the number of those before it that were left out. */
export function logSeldom(logError: LogError, clock: () => number): LogError {
  const kinds = new Map<string, { readonly at: number; more: number }>();
  return (error, request) => {
    if (!(error instanceof EngineError && alike.includes(error.code)))
      return logError(error, request);
    const kind = kindOf(error);
    const before = kinds.get(kind);
    if (before !== undefined && clock() - before.at < pauseMs) {
      before.more += 1;
      return;
    }
    kinds.set(kind, { at: clock(), more: 0 });
    logError(error, { ...request, ...(before && before.more > 0 && { more: before.more }) });
  };
}

/** A line without a stack, if the failure is no defect. */
export function describeFailure(error: Error, { method, route, more }: FailedRequest): string {
  const reason = error instanceof EngineError ? `: ${error.message} (${error.code})` : "";
  return `${method} ${route} failed${reason}${more === undefined ? "" : `; ${more} more requests failed alike`}`;
}
