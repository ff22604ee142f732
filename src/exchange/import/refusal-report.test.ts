import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openRefusalReport } from "./refusal-report.ts";

const refusalAt = (line: number) => ({ file: "rows.csv", line, reason: 'itemId is empty, got ""' });

test("the file holds every refusal as JSONL, the list the first 20", () => {
  const path = join(createTestFolder(), "refused.jsonl");
  const report = openRefusalReport(path);
  for (let line = 1; line <= 30; line++) report.add(refusalAt(line));
  report.close();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    Array.from({ length: 30 }, (_, index) => refusalAt(index + 1)),
  );
  expect(report.first).toEqual(Array.from({ length: 20 }, (_, index) => refusalAt(index + 1)));
});

test("without a file the first refusals are listed all the same", () => {
  const report = openRefusalReport(undefined);
  report.add(refusalAt(7));
  report.close();
  expect(report.first).toEqual([refusalAt(7)]);
});

test("a file that exists is never overwritten", () => {
  const path = join(createTestFolder(), "rows.csv");
  writeFileSync(path, "itemId\n");
  expect(() => openRefusalReport(path)).toThrow(
    expect.objectContaining({ code: "invalid_file", message: expect.stringContaining("EEXIST") }),
  );
  expect(readFileSync(path, "utf8")).toBe("itemId\n");
});

test("a file that can't be written any more is refused by name", () => {
  const path = join(createTestFolder(), "refused.jsonl");
  const report = openRefusalReport(path);
  report.close();
  expect(() => report.add(refusalAt(1))).toThrow(
    expect.objectContaining({
      code: "invalid_file",
      message: expect.stringMatching(
        /refused\.jsonl can't be written for the report \(.*\); name a new file on a disk with room/,
      ),
    }),
  );
});
