import { reportFailure } from "./report-failure.ts";
import { failedOutput } from "./write-output.ts";

type Outputs = Pick<NodeJS.Process, "stdout" | "stderr" | "once" | "exitCode">;

/**
 * A full disk and a reader that ended stop no command: its text is dropped, and the work continues. A server serves on
 * without its log. A result that had no room is named at the end; a reader that ended wants none.
 */
export function outliveOutput(process: Outputs): void {
  const { stdout, stderr } = process;
  let problem: NodeJS.ErrnoException | undefined;
  stderr.on("error", () => undefined);
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") problem ??= error;
  });
  process.once("exit", () => {
    if (problem === undefined || process.exitCode === 0) return;
    const exitCode = reportFailure(failedOutput("standard output", problem), stderr);
    process.exitCode ??= exitCode;
  });
}
