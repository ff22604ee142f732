import { expect, test } from "vitest";
import type { GateRecord } from "../evaluation/gate-record.ts";
import { checkDistillation } from "./check-distillation.ts";

const guard = { name: "coverage", value: 1, limit: 0.8, passed: true };
const gate: GateRecord = {
  verdict: "promote",
  reason: "Promoted: better.",
  rows: 1000,
  clusters: 100,
  guards: [guard],
};

test("a candidate that reached its target passes, with the gap among its guards", () => {
  const checked = checkDistillation(gate, { way: 0.4, gap: 0.1 }, 0.5);
  expect(checked).toMatchObject({ verdict: "promote", reason: gate.reason });
  expect(checked.guards).toEqual([
    guard,
    { name: "distillation gap", value: 0.1, limit: 0.25, passed: true },
  ]);
});

test("one that did not is held, whatever it was judged to gain", () => {
  for (const verdict of ["promote", "canary", "hold"] as const) {
    const checked = checkDistillation({ ...gate, verdict }, { way: 0.4, gap: 0.5 }, 1);
    expect(checked.verdict).toBe("hold");
    expect(checked.reason).toBe(
      "Held by its guards: distillation gap 0.5 is above its limit 0.45.",
    );
  }
});

test("a target that hardly differs need not be reached, and too little data stays that", () => {
  expect(checkDistillation(gate, { way: 0, gap: 0.04 }, 1).verdict).toBe("promote");
  const little = { ...gate, verdict: "not-enough-data" as const, guards: [] };
  expect(checkDistillation(little, { way: 0, gap: 9 }, 1)).toBe(little);
});
