import { Command } from "commander";
import { expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import {
  createLog,
  type LogOptions,
  logArguments,
  textPrefixLength,
  withLogOptions,
} from "./log.ts";

function openLog(options: Partial<LogOptions> = {}, isTTY = false) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  const log = createLog("server", { logLevel: "info", ...options }, stream);
  return { log, written };
}

const failure = () =>
  new EngineError("storage_unavailable", "free some space", {
    details: { userId: "ada" },
    cause: new TypeError("database or disk is full"),
  });

test("where no terminal is, a line is JSON with date, level, process and message", () => {
  const { log, written } = openLog();
  log.warn({ scenario: "shop" }, "be careful");
  expect(written).toHaveLength(1);
  const line = JSON.parse(written[0]!);
  expect(line).toEqual({
    level: "warn",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    pid: process.pid,
    name: "server",
    scenario: "shop",
    msg: "be careful",
  });
});

test("on a terminal a line is date, level and message", () => {
  const { log, written } = openLog({}, true);
  log.info({ scenario: "shop" }, "cycle 1");
  expect(written[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info {2}cycle 1\n$/);
  expect(written[0]!.indexOf("cycle 1")).toBe(textPrefixLength);
});

test("a failure has its request, its code and what caused it, and nothing of its details", () => {
  const request = { requestId: "r-1", method: "POST", route: "/api/v1/users/:userId" };
  const json = openLog();
  json.log.error({ err: failure(), ...request }, "POST failed");
  expect(JSON.parse(json.written[0]!)).toMatchObject({
    ...request,
    msg: "POST failed",
    err: {
      type: "EngineError",
      code: "storage_unavailable",
      stack: expect.stringMatching(
        /log\.test\.ts[\s\S]*caused by: TypeError: database or disk is full/,
      ),
    },
  });
  const text = openLog({}, true);
  text.log.error({ err: failure(), ...request }, "POST failed");
  expect(text.written[0]).toMatch(/ error POST failed \(request r-1\)\nEngineError: free some/);
  expect(text.written[0]).toContain("caused by: TypeError: database or disk is full");
  for (const line of [...json.written, ...text.written]) expect(line).not.toContain("ada");
});

test("the format that is asked for holds on any stream, and lines below the level are left out", () => {
  const json = openLog({ logFormat: "json", logLevel: "warn" }, true);
  json.log.info("not this");
  json.log.warn("this");
  expect(json.written.map((line) => JSON.parse(line).msg)).toEqual(["this"]);
  const text = openLog({ logFormat: "text", logLevel: "silent" });
  text.log.error("nothing");
  expect(text.written).toEqual([]);
});

test("options go on to the commands that a command starts", () => {
  const parse = (...options: string[]) =>
    withLogOptions(new Command()).parse(options, { from: "user" }).opts<LogOptions>();
  expect(logArguments(parse())).toEqual(["--log-level", "info"]);
  const given = ["--log-level", "debug", "--log-format", "json"];
  expect(logArguments(parse(...given))).toEqual(given);
});
