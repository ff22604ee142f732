import { basename } from "node:path";
import { expect, test } from "vitest";
import { readDocuments } from "./support/documents.ts";

const decisions = readDocuments()
  .filter(({ path }) => path.startsWith("docs/decisions/"))
  .sort((left, right) => (left.path < right.path ? -1 : 1));

test("decisions are numbered without gaps, in file name and title", () => {
  expect(decisions.length).toBeGreaterThan(9);
  for (const [index, { path, text }] of decisions.entries()) {
    const number = String(index + 1).padStart(4, "0");
    expect(basename(path)).toMatch(new RegExp(`^${number}-[a-z0-9-]+\\.md$`));
    expect(text).toMatch(new RegExp(`^# ${number} \\S`));
  }
});

test.each(decisions)(
  "$path has a status, its four parts, and no more than 40 lines",
  ({ text }) => {
    expect(text).toMatch(/\n\n\*\*Status:\*\* (accepted|superseded by \d{4})\n/);
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, part]) => part);
    expect(parts).toEqual(["Context", "Decision", "Consequences"]);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
  },
);
