import { expect, test } from "vitest";
import { sampleEvaluation } from "../../tests/support/record.ts";
import type { Cycle } from "../domain/cycle.ts";
import { describeCycle } from "./cycle-line.ts";

const finishedAt = new Date(2026, 2, 1, 12, 5, 9).getTime();
const cycle: Cycle = {
  cycle: 7,
  scenario: "demo",
  outcome: "promote",
  reason: "better by 0.05 a row",
  startedAt: finishedAt - 3000,
  finishedAt,
  throughSequence: 9,
  record: { evaluation: sampleEvaluation({ meanReward: 0.2314, baselineMeanReward: 0.18 }) },
};

test("a cycle is one line: which, outcome, reward beside the baseline, reason", () => {
  expect(describeCycle(cycle)).toBe(
    "demo cycle 7  promote          reward 0.231, baseline 0.180  better by 0.05 a row",
  );
});

test("what was not measured is left out", () => {
  const alone = { ...cycle, record: { evaluation: sampleEvaluation({ meanReward: 0.2314 }) } };
  expect(describeCycle(alone)).toContain("  reward 0.231  better");
  const failed = { ...cycle, outcome: "failed", reason: "the disk is full", record: {} } as const;
  expect(describeCycle(failed)).toBe("demo cycle 7  failed           the disk is full");
});

test("on a terminal the line is as long as it is wide", () => {
  expect(describeCycle(cycle, 20)).toBe("demo cycle 7  promo…");
  expect(describeCycle(cycle, 200)).toBe(describeCycle(cycle));
});
