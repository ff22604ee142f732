import { CommanderError } from "commander";
import { EngineError } from "../domain/errors.ts";
import { ApiError } from "../sdk/client.ts";

/**
 * Prints the error, unless it is commander's own: commander has printed it.
 * @returns exit code: 2 for wrong usage
 */
export function reportFailure(error: Error, stream: { write(text: string): unknown }): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isExpected = error instanceof EngineError || error instanceof ApiError;
  const text = isExpected ? `${error.message} (${error.code})` : (error.stack ?? error.message);
  stream.write(`error: ${text}\n`);
  return 1;
}
