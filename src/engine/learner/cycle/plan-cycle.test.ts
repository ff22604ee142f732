import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleFeedback } from "../../../../tests/support/record.ts";
import type { Cycle } from "../../../domain/cycle.ts";
import type { CyclePlan } from "../../../domain/cycle-record.ts";
import { defaultMpo } from "../../../domain/mpo-fields.ts";
import { planCycle } from "./plan-cycle.ts";

const survey = {
  newDecisions: 40_000,
  decisions: 50_000,
  rowsPerDecision: 2,
  candidatesPerRow: 30,
};
const limits = { maxMs: 600_000, maxMiB: 4096 };

const planOf = (decisions: number) => ({
  read: decisions,
  decisions,
  cells: 60 * decisions,
  expectedMs: 30_000,
  expectedMiB: 900,
});

/** A cycle over 10,000 decisions that took so many minutes, a third of each in its three kinds of work. */
function cycleOf(minutes: number, changes: Partial<Cycle> = {}): Cycle {
  const third = (minutes * 60_000) / 3;
  return {
    cycle: 3,
    scenario: "shop",
    outcome: "hold",
    reason: "Held.",
    startedAt: 0,
    finishedAt: 0,
    throughSequence: 9,
    record: {
      feedback: sampleFeedback(),
      stageMs: {
        read: third,
        critic: third / 2,
        distil: third / 2,
        score: third / 2,
        gate: third / 2,
      },
      stagePeakMiB: { read: 300, critic: 900 },
      plan: planOf(10_000),
    },
    ...changes,
  };
}

const plan = (changes: Partial<Parameters<typeof planCycle>[0]> = {}) =>
  planCycle({ survey, limits, recent: [cycleOf(0.5)], heldMiB: 100, mpo: defaultMpo, ...changes });
const sizeOf = (planned: CyclePlan | string) => (planned as CyclePlan).decisions;

describe("a plan", () => {
  test("takes on everything where there is time and memory for it", () => {
    expect(plan()).toMatchObject({ decisions: 50_000, read: 50_000, cells: 3_000_000 });
  });

  test("is smaller the slower the last cycle was, and expects to stay within its time", () => {
    const sizes = [0.5, 3, 6, 12].map((minutes) => {
      const planned = plan({ recent: [cycleOf(minutes)] }) as CyclePlan;
      expect(planned.expectedMs).toBeLessThanOrEqual(limits.maxMs);
      return planned.decisions;
    });
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(new Set(sizes).size).toBe(4);
  });

  test("is smaller the less memory there is, and smaller still where the last one took more than expected", () => {
    const small = { ...limits, maxMiB: 1200 };
    const planned = plan({ limits: small }) as CyclePlan;
    expect(planned.expectedMiB).toBeLessThanOrEqual(1200);
    expect(planned.decisions).toBeLessThan(50_000);
    const { record, ...rest } = cycleOf(0.5);
    const hungry = { ...rest, record: { ...record, stagePeakMiB: { critic: 1800 } } };
    expect(sizeOf(plan({ limits: small, recent: [hungry] }))).toBeLessThan(planned.decisions);
  });

  test("is larger for slates than for single items of as many candidates in all", () => {
    const planFor = (rowsPerDecision: number, candidatesPerRow: number) =>
      sizeOf(
        plan({
          survey: { ...survey, rowsPerDecision, candidatesPerRow },
          limits: { ...limits, maxMiB: 1200 },
        }),
      );
    expect(planFor(10, 500)).toBeGreaterThan(2 * planFor(1, 5000));
  });

  test("is half of the last one where that did not finish", () => {
    const broken = cycleOf(0, { outcome: "skipped", record: { plan: planOf(3000) } });
    expect(sizeOf(plan({ recent: [broken, cycleOf(0.5)] }))).toBe(1500);
  });

  test("is none after a cycle that took days, until as many were skipped as make up for it", () => {
    const skipped = cycleOf(0, { outcome: "skipped", record: {} });
    const planAfter = (count: number) =>
      plan({ recent: [...new Array<Cycle>(count).fill(skipped), cycleOf(5000)] });
    expect(planAfter(0)).toMatch(/^Not enough budget: /);
    expect(typeof planAfter(1)).toBe("string");
    expect(sizeOf(planAfter(11))).toBeGreaterThan(1000);
  });

  test("reads of a long backlog what there is time for, the newest", () => {
    const planned = plan({ survey: { ...survey, newDecisions: 1e9 } }) as CyclePlan;
    expect(planned.read).toBeGreaterThan(50_000);
    expect(planned.read).toBeLessThan(1e9);
    expect(planned.expectedMs).toBeLessThanOrEqual(limits.maxMs);
  });

  test("of a first cycle rests on what cycles usually cost", () => {
    expect(plan({ recent: [] })).toMatchObject({ decisions: 50_000 });
    expect(sizeOf(plan({ recent: [], limits: { ...limits, maxMs: 120_000 } }))).toBeLessThan(
      50_000,
    );
  });

  test("never expects more than its limits allow, and says so where even the least does", () => {
    const positive = fc.integer({ min: 1, max: 100_000 });
    const property = fc.property(
      positive,
      positive,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 600_000 }),
      fc.integer({ min: 256, max: 8192 }),
      (newDecisions, older, rowsPerDecision, candidatesPerRow, maxMs, maxMiB) => {
        const decisions = newDecisions + older;
        const found = plan({
          survey: { newDecisions, decisions, rowsPerDecision, candidatesPerRow },
          limits: { maxMs, maxMiB },
        });
        if (typeof found === "string") return found.startsWith("Not enough budget: ");
        const fits = found.expectedMs <= maxMs && found.expectedMiB <= maxMiB;
        return fits && found.decisions >= 1 && found.decisions <= decisions;
      },
    );
    fc.assert(property);
  });
});
