import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { evaluateLog } from "./evaluate-log.ts";
import { openFileTarget } from "./file-target.ts";
import { openLog } from "./open-log.ts";

const rows = ["a,1,0.5,0,a|b", "b,0,0.5,0,a|b", "c,1,0.25,1,b|c"];

/** Weights are π/p; the estimate of IPS is their mean times the rewards. */
async function evaluateWith(name: string, text: string) {
  const folder = createTestFolder();
  const log = join(folder, "log.csv");
  writeFileSync(log, ["itemId,reward,propensity,position,candidates", ...rows].join("\n"));
  const target = join(folder, name);
  writeFileSync(target, text);
  const { estimates } = await evaluateLog(await openLog(log), async () => openFileTarget(target));
  return estimates.find(({ estimator }) => estimator === "ips")?.value;
}

test("one distribution is shared out among the candidates of a row", async () => {
  // π(a) = 0.2/0.4 in the first row, π(c) = 0.6/0.8 in the third.
  const value = await evaluateWith("pi.json", JSON.stringify({ a: 0.2, b: 0.2, c: 0.6 }));
  expect(value).toBeCloseTo((0.5 / 0.5 + 0.75 / 0.25) / 3, 12);
});

test("a list has one distribution for each position", async () => {
  const value = await evaluateWith("pi.json", JSON.stringify([{ a: 1 }, { b: 0.5, c: 0.5 }]));
  expect(value).toBeCloseTo((1 / 0.5 + 0.5 / 0.25) / 3, 12);
});

const lines = [{ a: 0.3, b: 0.7 }, { a: 1 }, { c: 1 }].map((line) => JSON.stringify(line));

test("a line a row is taken as it is, and empty lines at the end are none", async () => {
  const value = await evaluateWith("pi.jsonl", `${lines.join("\n")}\n\n`);
  expect(value).toBeCloseTo((0.3 / 0.5 + 1 / 0.25) / 3, 12);
});

test.each([
  ["a sum below 1", "pi.json", '{"a":0.5}', /must be probabilities that add up to 1, got 0\.5/],
  ["a negative probability", "pi.json", '{"a":1.5,"b":-0.5}', /must be in \[0, 1\], got 1\.5/],
  ["no probability for a row", "pi.json", '{"a":1}', /above 0 for a candidate of the log's line 4/],
  [
    "a missing position",
    "pi.json",
    '[{"a":1},{"b":1}]'.replace(',{"b":1}', ',{"x":1}'),
    /above 0 for a candidate/,
  ],
  ["no JSON", "pi.json", "{", /can't be read/],
  [
    "a list in a row",
    "pi.jsonl",
    "[0.5,0.5]",
    /pi\.jsonl:1: is a list; JSONL has one object a line/,
  ],
  ["a number in a row", "pi.jsonl", "0.5", /pi\.jsonl:1: the row must be an object/],
  ["too few lines", "pi.jsonl", '{"a":1}', /ends after 1 rows; give it a line for each row/],
  [
    "too many lines",
    "pi.jsonl",
    [...lines, "{}", "{}"].join("\n"),
    /pi\.jsonl:4: continues after the log's 3 rows; give it a line for each row of the log/,
  ],
  [
    "an action that is no candidate",
    "pi.jsonl",
    '{"z":1}',
    /add up to 1 over the candidates of the log's line 2, got 0/,
  ],
])("a file with %s is refused", async (_, name, text, message) => {
  await expect(evaluateWith(name, text)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringMatching(message),
  });
});
