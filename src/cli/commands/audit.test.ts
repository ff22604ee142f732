import { expect, test } from "vitest";
import { describeAudit } from "./audit.ts";

test("a clean audit is three lines", () => {
  expect(describeAudit({ decisions: 10_000, largestDifference: 2.2e-16, findings: [] })).toBe(
    [
      "decisions checked    10,000",
      "largest difference   2.20e-16 (at most 1e-6)",
      "findings             0",
    ].join("\n"),
  );
});

test("the first twenty findings are listed", () => {
  const findings = Array.from({ length: 22 }, (_, n) => ({
    decisionId: `d-${n}`,
    cause: "tampered-row" as const,
    problem: "p",
  }));
  const lines = describeAudit({ decisions: 30, largestDifference: 0.5, findings }).split("\n");
  expect(lines).toHaveLength(3 + 20 + 1);
  expect([lines[3], lines.at(-2), lines.at(-1)]).toEqual([
    "d-0: tampered-row: p",
    "d-19: tampered-row: p",
    "… and 2 more",
  ]);
});
