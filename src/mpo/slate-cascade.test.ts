import { describe, expect, test } from "vitest";
import {
  createSlateWorld,
  scoreSlates,
  simulateSlates,
  slatePolicy,
  worthOfSlates,
} from "../../tests/support/simulated-slates.ts";
import { gateLimits } from "../evaluation/gate-guards.ts";
import { rewardInteractionInversePropensity } from "../evaluation/slates/slate-estimators.ts";
import { weighSlates } from "../evaluation/slates/weigh-slates.ts";
import { createRandom } from "../numeric/random.ts";
import { gateCandidate } from "./gate.ts";
import { gateArrays } from "./gate-arrays.ts";
import { isJudged } from "./judged-slates.ts";
import type { ScoredRow } from "./row-scores.ts";

const seed = 43;
const small = { ...createSlateWorld(5, 0.8), slateSize: 3, reading: "stops" as const };

/** Every slate of 3 of 5 items once, with its exact probability under a policy. */
function enumerate(logs: Float64Array) {
  const { exploration } = small;
  const slates: { readonly items: readonly number[]; readonly conditionals: readonly number[] }[] =
    [];
  const extend = (items: readonly number[], conditionals: readonly number[]) => {
    if (items.length === 3) return void slates.push({ items, conditionals });
    const left = [0, 1, 2, 3, 4].filter((a) => !items.includes(a));
    const mass = left.reduce((sum, a) => sum + Math.exp(logs[a]!), 0);
    for (const a of left) {
      const chosen = ((1 - exploration) * Math.exp(logs[a]!)) / mass + exploration / left.length;
      extend([...items, a], [...conditionals, chosen]);
    }
  };
  extend([], []);
  return slates;
}

const product = (values: readonly number[]) => values.reduce((total, value) => total * value, 1);
const template = simulateSlates(small, {
  logs: slatePolicy(small, () => 0),
  decisions: 1,
  random: createRandom(seed),
  isCascade: true,
})[0]!;

/** The enumerated slates as rows of the logging policy; a reward is any function of the items down to its own. */
function rowsOf(logs: Float64Array, rewardOf: (items: readonly number[]) => number): ScoredRow[] {
  const [heads, views] = [template.scores.rewardHeads, template.row.candidates];
  return enumerate(logs).flatMap(({ items, conditionals }, user) =>
    items.map((item, position) => {
      const left = views.map((_, a) => a).filter((a) => !items.slice(0, position).includes(a));
      const pick = (values: Float64Array) => Float64Array.from(left, (a) => values[a]!);
      return {
        row: {
          ...template.row,
          position,
          user,
          propensity: conditionals[position]!,
          candidates: left.map((a) => views[a]!),
          action: left.indexOf(item),
          reward: rewardOf(items.slice(0, position + 1)),
        },
        scores: {
          ...template.scores,
          logPolicy: pick(logs),
          rewardHeads: heads.map(pick),
          discriminator: new Float64Array(left.length),
        },
      };
    }),
  );
}

describe.each([
  ["within the clip", (share: number) => share, (share: number) => 3 * share],
  ["beyond the clip", (share: number) => 9 * share, (share: number) => -4 * share],
])("all slates of 3 of 5 items, a candidate %s", (_, servingLogit, candidateLogit) => {
  const serving = slatePolicy(small, servingLogit);
  const candidate = slatePolicy(small, candidateLogit);
  const rewardOf = (items: readonly number[]) =>
    items.reduce(
      (reward, item, k) => reward * (k + 1 === items.length ? 1 : 0.3 + 0.1 * item),
      0.5,
    );
  const rows = rowsOf(serving, rewardOf);
  const values = rows.map(() => Float64Array.of(0.7, 0.5, 0.4, 0.2, 0.1));
  const arrays = gateArrays({ rows, candidateLogs: scoreSlates(rows, candidate) }, values);
  const probability = enumerate(serving).map(({ conditionals }) => product(conditionals));
  const { propensities, rewards } = arrays.feedback;
  const weights = arrays.candidate.targetProbabilities.map((p, row) => p / propensities[row]!);
  /** Exact expectation over the log of a quantity of each row at a position. */
  const expectAt = (position: number, of: (row: number) => number) =>
    probability.reduce((sum, p, slate) => sum + p * of(3 * slate + position), 0);

  test("prefix weights give the candidate's exact value at each position", () => {
    const proposed = enumerate(candidate);
    for (const position of [0, 1, 2]) {
      const exact = proposed.reduce(
        (sum, { items, conditionals }) =>
          sum + product(conditionals) * rewardOf(items.slice(0, position + 1)),
        0,
      );
      expect(expectAt(position, (row) => weights[row]! * rewards[row]!)).toBeCloseTo(exact, 10);
    }
  });

  test("the checked mass and value are the expectations of the clipped weight", () => {
    const clipped = (row: number) => Math.min(20, weights[row]!);
    for (const position of [0, 1, 2]) {
      const mass = expectAt(position, (row) => arrays.checked.mass[row]!);
      expect(mass).toBeCloseTo(expectAt(position, clipped), 10);
      expect(mass).toBeLessThan(1 + 1e-9);
      const value = expectAt(position, (row) => clipped(row) * arrays.predictions[row]!);
      // Less a chance that is 0 on average, up to the error of its draws.
      expect(expectAt(position, (row) => arrays.checked.values[row]!)).toBeCloseTo(value, 2);
    }
  });

  test("without a model the value is that of the reference estimator", () => {
    const starts = Int32Array.from({ length: rows.length / 3 + 1 }, (_, slate) => 3 * slate);
    const conditional = (products: Float64Array) =>
      products.map((p, row) => (row % 3 === 0 ? p : p / products[row - 1]!));
    const slates = weighSlates(
      { rewards, propensities: conditional(propensities), starts },
      { targetProbabilities: conditional(arrays.candidate.targetProbabilities) },
    );
    const own = rewards.reduce((sum, reward, row) => sum + weights[row]! * reward, 0);
    const reference = rewardInteractionInversePropensity(slates)!.value * (rows.length / 3);
    expect(own / reference).toBeCloseTo(1, 10);
  });
});

describe("users who stop after a click, slates of 5 out of 12", () => {
  const world = { ...createSlateWorld(12, 0.9), slateSize: 5, reading: "stops" as const };
  const serving = slatePolicy(world, (share) => share);
  const log = { logs: serving, decisions: 2000 };
  const rows = simulateSlates(world, { ...log, random: createRandom(seed), isCascade: true });
  const worthOf = (logs: Float64Array) =>
    worthOfSlates(world, { logs, slates: 10_000, random: createRandom(seed + 1) });
  const judge = (judged: readonly ScoredRow[], logs: Float64Array) =>
    gateCandidate({
      rows: judged,
      candidateLogs: scoreSlates(judged, logs),
      predictedDifference: 0,
      limits: gateLimits,
    });
  const better = slatePolicy(world, (share) => 3 * share);
  const worse = slatePolicy(world, (share) => -share);

  test.each([
    ["better", better],
    ["worse", worse],
  ])("a %s candidate has its true difference, which marginals miss", (_, logs) => {
    const truth = worthOf(logs) - worthOf(serving);
    const gate = judge(rows, logs);
    expect(Math.abs(gate.difference! - truth)).toBeLessThan(3.5 * gate.standardError!);
    expect(gate.dependence).toBeUndefined();
    expect(gate.verdict).toBe(truth > 0 ? "promote" : "hold");
    const byMarginals = rows.map(({ row: { isCascade: _, ...row }, scores }) => ({ row, scores }));
    const missed = judge(byMarginals, logs);
    expect(Math.abs(missed.difference! - truth)).toBeGreaterThan(5 * missed.standardError!);
  });

  test("the serving policy has weight 1 at every position", () => {
    const gate = judge(rows, serving);
    expect(gate.difference).toBeCloseTo(0, 12);
    expect(gate.effectiveSampleShare).toBeCloseTo(1, 9);
  });

  test("foreign rows judge at all positions, by their logged propensities alone", () => {
    const foreign = rows.map(({ row, scores }) => ({ row: { ...row, isForeign: true }, scores }));
    expect(foreign.every(({ row }) => isJudged(row))).toBe(true);
    const gate = judge(foreign, better);
    const truth = worthOf(better) - worthOf(serving);
    expect(Math.abs(gate.difference! - truth)).toBeLessThan(3.5 * gate.standardError!);
  });
});
