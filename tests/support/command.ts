import { onTestFinished, vi } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { reportFailure } from "../../src/cli/report-failure.ts";

/** Runs `recurve` in this process. @returns what it exits with, what it printed, and after it the error, if there was one */
export async function runCommand(...options: readonly string[]) {
  const printed: string[] = [];
  const keep = (text: unknown) => printed.push(String(text)) > 0;
  const outputs = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  onTestFinished(() => outputs.forEach((output) => void output.mockRestore()));
  const [stdout, stderr] = outputs;
  stdout?.mockImplementation(keep);
  stderr?.mockImplementation(() => true);
  const exitCode = await createProgram()
    .parseAsync([...options], { from: "user" })
    .then(() => 0)
    .catch((error: Error) => reportFailure(error, { write: keep }));
  for (const output of outputs) output.mockRestore();
  return { exitCode, text: printed.join("") };
}
