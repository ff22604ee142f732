import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import type { GateRecord } from "../domain/gate-record.ts";
import { type GuardTest, guardTestsOf } from "../domain/guard-metric.ts";
import { gateLimits, whereWorthless } from "../evaluation/gate-guards.ts";
import { rewardHeadCount } from "../learning/critic-shape.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { drawIndex } from "../policy/slate.ts";
import { checkDistillation, gateCandidate } from "./gate.ts";
import { measurePart } from "./measure.ts";
import { checkRenewedStart, renewedStartGuard } from "./renewed-start.ts";
import type { ScoredRow } from "./row-scores.ts";

const seed = 107;
const views = sampleViews(4);
const rewards = [0.7, 0.3, 0.3, 0.1];
const exploration = 0.1;
const uniform = Float64Array.of(0.25, 0.25, 0.25, 0.25).map(Math.log);

/** A uniform policy's log over 200 users, with a reward model that is right. */
function simulate(count: number, users = 200): ScoredRow[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const action = random.integer(4);
    const reward = random.uniform() < rewards[action]! ? 1 : 0;
    return {
      row: sampleRow(views, { action, reward, propensity: 0.25, user: index % users, exploration }),
      scores: {
        logPolicy: uniform,
        rewardHeads: Array.from({ length: rewardHeadCount }, () => Float64Array.from(rewards)),
        discriminator: new Float64Array(4),
      },
    };
  });
}

const judge = (rows: readonly ScoredRow[], probabilities: readonly number[], limits = gateLimits) =>
  gateCandidate({
    rows,
    candidateLogs: rows.map(() => Float64Array.from(probabilities, Math.log)),
    predictedDifference: 0.05,
    limits,
  });

const guard = (gate: ReturnType<typeof gateCandidate>, name: string) =>
  gate.guards.find((one) => one.name === name)!;

test("a candidate that chooses what pays is promoted, with its true difference in the interval", () => {
  const gate = judge(simulate(2000), [0.6, 0.2, 0.15, 0.05]);
  expect(gate.verdict).toBe("promote");
  // Of the served policies: 0.9·(0.6·0.7 + 0.35·0.3 + 0.05·0.1 − 0.35).
  const truth = 0.9 * (0.42 + 0.105 + 0.005 - 0.35);
  expect(Math.abs(gate.difference! - truth)).toBeLessThan(4 * gate.standardError!);
  expect(gate.doublyRobust!.servingValue).toBeCloseTo(0.35, 1);
});

test.each([
  { name: "worse than the candidate", start: [0.3, 0.25, 0.25, 0.2], verdict: "promote" },
  { name: "better than the candidate", start: [0.9, 0.04, 0.03, 0.03], verdict: "hold" },
])("a renewed start that is $name decides: $verdict", async ({ start, verdict }) => {
  const rows = simulate(2000);
  const probabilities = [0.6, 0.2, 0.15, 0.05];
  const logsOf = (policy: readonly number[]) => rows.map(() => Float64Array.from(policy, Math.log));
  const gate = judge(rows, probabilities);
  const score = async () => logsOf(start);
  const parts = { rows, candidateLogs: logsOf(probabilities), score, limits: gateLimits };
  const checked = await checkRenewedStart(gate, parts);
  expect(checked.verdict).toBe(verdict);
  expect(guard(checked, renewedStartGuard).passed).toBe(verdict === "promote");
  expect(checked.difference).toBe(gate.difference);
});

test("a renewed start that can't be scored holds the candidate", async () => {
  const rows = simulate(2000);
  const candidateLogs = rows.map(() => Float64Array.of(0.6, 0.2, 0.15, 0.05).map(Math.log));
  const score = async () => rows.map(() => new Float64Array(4).fill(Number.NaN));
  const gate = judge(rows, [0.6, 0.2, 0.15, 0.05]);
  const parts = { rows, candidateLogs, score, limits: gateLimits };
  expect((await checkRenewedStart(gate, parts)).verdict).toBe("hold");
});

test("the serving policy itself is no improvement", () => {
  const gate = judge(simulate(2000), [0.25, 0.25, 0.25, 0.25]);
  expect(gate.verdict).toBe("hold");
  expect(gate.difference).toBeCloseTo(0, 12);
});

test("a candidate that chooses what does not pay is held", () => {
  const gate = judge(simulate(2000), [0.05, 0.2, 0.15, 0.6]);
  expect(gate.verdict).toBe("hold");
  expect(gate.interval![1]).toBeLessThan(0);
});

test("few rows, or few users, are not enough to say", () => {
  expect(judge(simulate(50), [0.6, 0.2, 0.15, 0.05]).verdict).toBe("not-enough-data");
  expect(judge(simulate(2000, 3), [0.6, 0.2, 0.15, 0.05]).verdict).toBe("not-enough-data");
  expect(judge([], [1, 0, 0, 0])).toMatchObject({ verdict: "not-enough-data", rows: 0 });
});

/**
 * The log of a fast loop: another softmax for each row, of which only the choice's probability is
 * known.
 */
function simulateDrawn(count: number): ScoredRow[] {
  const random = createRandom(seed + 1);
  return simulate(count).map(({ row, scores }) => {
    const masses = rewards.map(() => Math.exp(1.5 * random.normal()));
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    const served = Float64Array.from(
      masses,
      (mass) => ((1 - exploration) * mass) / total + exploration / 4,
    );
    const action = drawIndex(served, random.uniform());
    const reward = random.uniform() < rewards[action]! ? 1 : 0;
    const propensity = served[action]!;
    return { row: { ...row, action, reward, propensity, isForeign: true }, scores };
  });
}

test("on what the fast loop drew the log is not taken for the policy's: a candidate has its true difference", () => {
  const gate = judge(simulateDrawn(4000), [0.6, 0.2, 0.15, 0.05]);
  const truth = 0.9 * (0.42 + 0.105 + 0.005 - 0.35);
  expect(gate.verdict).toBe("promote");
  for (const { difference, standardError } of [gate.doublyRobust!, gate.censored!])
    expect(Math.abs(difference - truth)).toBeLessThan(4 * standardError);
  expect(judge(simulateDrawn(4000), [0.05, 0.2, 0.15, 0.6]).interval![1]).toBeLessThan(0);
});

test("on the log of another policy the candidate is judged by that one's propensities", () => {
  const random = createRandom(seed + 2);
  // It preferred item 0; the policy that serves now prefers item 1.
  const before = Float64Array.of(0.94, 0.02, 0.02, 0.02);
  const serving = Float64Array.of(0.05, 0.85, 0.05, 0.05).map(Math.log);
  const propensities = before.map((p) => 0.9 * p + 0.1 / 4);
  const log = simulate(8000).map(({ row, scores }) => {
    const action = drawIndex(propensities, random.uniform());
    const reward = random.uniform() < rewards[action]! ? 1 : 0;
    const logged = { action, reward, propensity: propensities[action]! };
    return { row: { ...row, ...logged }, scores: { ...scores, logPolicy: serving } };
  });
  const loggingLogs = before.map(Math.log);
  const known = log.map(({ row, scores }) => ({ row: { ...row, loggingLogs }, scores }));
  const choices = log.map(({ row, scores }) => ({ row: { ...row, isForeign: true }, scores }));
  // More of item 0: served 0.9·0.3 times 0.7 − 0.3.
  const more = [0.35, 0.55, 0.05, 0.05];
  for (const gate of [judge(known, more), judge(choices, more)]) {
    expect(guard(gate, "distance of the mean weight").passed).toBe(true);
    for (const { difference, standardError } of [gate.doublyRobust!, gate.censored!])
      expect(Math.abs(difference - 0.9 * 0.3 * 0.4)).toBeLessThan(4 * standardError);
  }
  // Item 1 has p = 0.043: with a clip of 20 neither policy's weight is cut.
  expect(guard(judge(known, more), "checked mass").value).toBeCloseTo(1, 9);
});

test("a policy that the log hardly supports has its whole value, also in a candidate that keeps it", () => {
  // Item 1 has p = 0.005 and π₀ = 0.84, a weight of 168: only what a candidate adds to that is beyond the clip.
  const floor = 0.02;
  const loggingLogs = normaliseLogs(Float64Array.of(0, -50, -50, -50));
  const propensities = loggingLogs.map((log) => (1 - floor) * Math.exp(log) + floor / 4);
  const random = createRandom(seed + 3);
  const serving = Float64Array.of(0.05, 0.85, 0.05, 0.05).map(Math.log);
  const rows = simulate(4000).map(({ row, scores }) => {
    const action = drawIndex(propensities, random.uniform());
    const own = { action, propensity: propensities[action]!, loggingLogs, exploration: floor };
    return { row: { ...row, ...own }, scores: { ...scores, logPolicy: serving } };
  });
  const same = judge(rows, [0.05, 0.85, 0.05, 0.05]);
  for (const form of [same.doublyRobust!, same.censored!])
    expect(form.difference).toBeCloseTo(0, 12);
  const checkedMassOf = (probabilities: readonly number[]) =>
    guard(judge(rows, probabilities), "checked mass").value;
  expect(checkedMassOf([0.15, 0.75, 0.05, 0.05])).toBeCloseTo(1, 9);
  // It puts 0.84 on item 2, of which 20 times 0.005 are within the clip.
  expect(checkedMassOf([0.05, 0.05, 0.85, 0.05])).toBeCloseTo(1 - (0.98 * 0.85 + 0.005) + 0.1, 9);
});

test("where the reward model is unsure the candidate gets its lower side", () => {
  // Only item 0 is in the log: the value of item 1 comes from the model, whose two bootstraps are
  // ±0.1 apart.
  const shown = simulate(400).map(({ row, scores }) => ({ row: { ...row, action: 0 }, scores }));
  const unsure = shown.map(({ row, scores }) => ({
    row,
    scores: {
      ...scores,
      rewardHeads: scores.rewardHeads.map((head, index) =>
        head.with(1, head[1]! + (index % 2 === 0 ? 0.1 : -0.1)),
      ),
    },
  }));
  const step = [0.25, 0.4, 0.25, 0.1];
  const differenceOf = (rows: readonly ScoredRow[]) => judge(rows, step).doublyRobust!.difference;
  // √2·0.1 is the sample deviation of the two; 0.9·(0.4 − 0.25) is the mass that the candidate adds.
  const taken = 0.9 * 0.15 * Math.SQRT2 * 0.1;
  expect(differenceOf(unsure)).toBeCloseTo(differenceOf(shown) - taken, 9);
  // As the meta-policy judges its challengers.
  const [value] = measurePart({ rows: unsure, challengers: [] }).values;
  const [known] = measurePart({ rows: shown, challengers: [] }).values;
  expect(value![1]).toBeCloseTo(known![1]! - Math.SQRT2 * 0.1, 9);
  expect(value![0]).toBeCloseTo(known![0]!, 9);
});

test("the catalogue coverage counts items that are shown now and then, floor included", () => {
  const all = judge(simulate(400), [0.6, 0.2, 0.15, 0.05]);
  expect(guard(all, "catalogue coverage").value).toBe(1);
  // With little exploration an item that the candidate gave up is as good as never shown.
  const rows = simulate(400).map(({ row, scores }) => ({
    row: { ...row, exploration: 0.01 },
    scores,
  }));
  const narrow = judge(rows, [0.9997, 0.0001, 0.0001, 0.0001]);
  expect(guard(narrow, "catalogue coverage")).toMatchObject({ value: 0.25, passed: false });
  expect(narrow.verdict).toBe("hold");
});

test("a serving policy that is worth nothing has less to protect: a narrow candidate may take over", () => {
  const rows = simulate(2000).map(({ row, scores }) => ({
    row: { ...row, exploration: 0.01 },
    scores,
  }));
  const narrow = [0.7, 0.2998, 0.0001, 0.0001];
  expect(judge(rows, narrow, gateLimits).verdict).toBe("hold");
  expect(judge(rows, narrow, whereWorthless(gateLimits)).verdict).toBe("promote");
  expect(judge(rows, [0.05, 0.2, 0.15, 0.6], whereWorthless(gateLimits)).verdict).toBe("hold");
});

const passed = { name: "coverage", value: 1, limit: 0.8, passed: true };
const judged: GateRecord = {
  verdict: "promote",
  reason: "Promoted: better.",
  rows: 1000,
  clusters: 100,
  guards: [passed],
};

test("a candidate that reached its target passes, with the gap among its guards", () => {
  const checked = checkDistillation(judged, { way: 0.4, gap: 0.1 }, 0.5);
  expect(checked).toMatchObject({ verdict: "promote", reason: judged.reason });
  expect(checked.guards).toEqual([
    passed,
    { name: "distillation gap", value: 0.1, limit: 0.25, passed: true },
  ]);
});

test("one that did not is held, whatever it was judged to gain", () => {
  for (const verdict of ["promote", "canary", "hold"] as const) {
    const checked = checkDistillation({ ...judged, verdict }, { way: 0.4, gap: 0.5 }, 1);
    expect(checked.verdict).toBe("hold");
    expect(checked.reason).toBe(
      "Held by its guards: distillation gap 0.5 is above its limit 0.45.",
    );
  }
});

test("a target that hardly differs need not be reached, and too little data stays that", () => {
  expect(checkDistillation(judged, { way: 0, gap: 0.04 }, 1).verdict).toBe("promote");
  const little = { ...judged, verdict: "not-enough-data" as const, guards: [] };
  expect(checkDistillation(little, { way: 0, gap: 9 }, 1)).toBe(little);
});

/** Purchases that the candidate of `paying` loses: those of item 3, which it chooses less. */
function withPurchases(rows: readonly ScoredRow[], rates: readonly number[]): ScoredRow[] {
  const random = createRandom(seed).split("purchases");
  return rows.map(({ row, scores }) => {
    const bought = random.uniform() < rates[row.action]! ? 1 : 0;
    return { row: { ...row, outcomes: Float64Array.of(bought, Number.NaN) }, scores };
  });
}

const paying = [0.6, 0.2, 0.15, 0.05];
const judgeGuarded = (
  rows: readonly ScoredRow[],
  guards: readonly GuardTest[],
  errorFactor?: number,
) =>
  gateCandidate({
    ...(errorFactor && { errorFactor }),
    rows,
    candidateLogs: rows.map(() => Float64Array.from(paying, Math.log)),
    predictedDifference: 0.05,
    limits: gateLimits,
    guards,
  });

test("a guard metric that the candidate harms holds it, one that it keeps does not", () => {
  const guards = guardTestsOf([{ type: "purchase", margin: 0.2 }]);
  const harmed = judgeGuarded(withPurchases(simulate(2000), [0.1, 0.1, 0.1, 0.9]), guards);
  expect(harmed).toMatchObject({ verdict: "hold" });
  expect(harmed.reason).toMatch(/^Held by its guards: change of purchase -0\.\d+ is below/);
  // Of the served policies: Σ π·rate, 0.9·π + 0.1/4 each.
  const rate = (policy: readonly number[]) =>
    policy.reduce((sum, p, a) => sum + (0.9 * p + 0.025) * (a === 3 ? 0.9 : 0.1), 0);
  const { value, metric } = harmed.guards.at(-1)!;
  const truth = rate(paying) / rate([0.25, 0.25, 0.25, 0.25]) - 1;
  expect(Math.abs(value - truth)).toBeLessThan(4 * metric!.standardError!);
  const kept = judgeGuarded(withPurchases(simulate(2000), [0.5, 0.5, 0.5, 0.5]), guards);
  expect(kept).toMatchObject({ verdict: "promote" });
  expect(kept.guards.at(-1)).toMatchObject({ name: "change of purchase", passed: true });
});

test("a factor on the errors is one on those of guard metrics, too", () => {
  const rows = withPurchases(simulate(2000), [0.5, 0.5, 0.5, 0.5]);
  const guards = guardTestsOf([{ type: "purchase", margin: 0.2 }]);
  const errorOf = (factor?: number) =>
    judgeGuarded(rows, guards, factor).guards.at(-1)!.metric!.standardError!;
  expect(errorOf(1.5)).toBeCloseTo(1.5 * errorOf(), 12);
});

test("a guard metric of which no row knows anything leaves the promotion to live evidence", () => {
  const segments = [{ attribute: "country", values: ["SE"] }];
  const guards = guardTestsOf([{ type: "purchase", margin: 0.5, segments }]);
  const gate = judgeGuarded(withPurchases(simulate(2000), [0.5, 0.5, 0.5, 0.5]), guards);
  expect(gate.verdict).toBe("canary");
  expect(gate.guards.slice(-2).map(({ passed }) => passed)).toEqual([true, false]);
  expect(gate.reason).toContain("change of purchase of country SE can't be told");
});
