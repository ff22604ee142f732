#!/usr/bin/env node
import { outliveOutput } from "./outlive-output.ts";
import { createProgram } from "./program.ts";
import { reportFailure } from "./report-failure.ts";

outliveOutput(process);
try {
  await createProgram().parseAsync();
} catch (error) {
  // Help is no failure, but its text may have had no room.
  process.exitCode = reportFailure(error as Error, process.stderr) || undefined;
}
