import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { reportFailure } from "./report-failure.ts";

function report(error: Error) {
  let text = "";
  const code = reportFailure(error, { write: (part) => (text += part) });
  return { code, text };
}

test("an expected failure is its message and code, and exit code 1", () => {
  const error = new EngineError("port_in_use", "port 7400 is in use; choose another with --port");
  expect(report(error)).toEqual({
    code: 1,
    text: "error: port 7400 is in use; choose another with --port (port_in_use)\n",
  });
});

test("a defect comes with its stack", () => {
  const { code, text } = report(new RangeError("a bound was wrong"));
  expect(code).toBe(1);
  expect(text).toMatch(/^error: RangeError: a bound was wrong\n {4}at .*report-failure\.test\.ts/);
});

test("wrong usage is 2 and help is 0, both without another word", () => {
  const usage = new CommanderError(1, "commander.unknownOption", "unknown option '--x'");
  expect(report(usage)).toEqual({ code: 2, text: "" });
  const help = new CommanderError(0, "commander.helpDisplayed", "(outputHelp)");
  expect(report(help)).toEqual({ code: 0, text: "" });
});
