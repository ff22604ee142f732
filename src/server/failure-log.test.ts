import { expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { describeFailure, logSeldom } from "./failure-log.ts";

const request = { requestId: "r", method: "POST", route: "/api/v1/events" };
const full = () =>
  new EngineError("storage_unavailable", "the disk is full", { details: { code: "SQLITE_FULL" } });

function openLog() {
  let now = 0;
  const lines: string[] = [];
  const log = logSeldom(
    (error, failed) => lines.push(describeFailure(error, failed)),
    () => now,
  );
  return {
    log: (error: Error) => log(error, request),
    lines,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

test("a full disk is one line a minute, with the number of the requests that it met", () => {
  const { log, lines, wait } = openLog();
  for (let one = 0; one < 1000; one++) log(full());
  expect(lines).toEqual(["POST /api/v1/events failed: the disk is full (storage_unavailable)"]);
  wait(60_000);
  log(full());
  wait(60_000);
  log(full());
  expect(lines.slice(1)).toEqual([
    "POST /api/v1/events failed: the disk is full (storage_unavailable); 999 more requests failed alike",
    "POST /api/v1/events failed: the disk is full (storage_unavailable)",
  ]);
});

test("another failure of the record has its own line, and so has each defect", () => {
  const { log, lines } = openLog();
  const locked = { details: { code: "SQLITE_BUSY" } };
  log(full());
  log(new EngineError("storage_unavailable", "locked", locked));
  log(new Error("a defect"));
  log(new Error("a defect"));
  expect(lines).toHaveLength(4);
});
