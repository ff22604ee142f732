import { expect, test } from "vitest";
import { gateArrays } from "../../../src/mpo/gate-arrays.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { policyOf } from "./policies.ts";
import { readLog, scoreSlates } from "./rows.ts";
import { fitRewards, simulateLog } from "./visits.ts";
import { createHostileWorld } from "./world.ts";

const random = createRandom(1117);
const cell = { slate: 2, items: 20, rate: 0.3, rarer: "reward", hazard: "still" } as const;

test("a canary's slates are weighed by the canary, so that both policies' weights have the mean 1 on them", () => {
  const world = createHostileWorld(cell, random.split("world"));
  const policy = policyOf(world.situations.map(({ serving }) => serving.map((one) => 1.5 * one)));
  const size = { decisions: 2000, canary: { policy, share: 0.5 } };
  const log = [...simulateLog(world, size, random.split("log"))];
  const { rows } = readLog(log, world, fitRewards(cell.items, log));
  const values = rows.map(({ scores }) => new Float64Array(scores.logPolicy.length));
  const candidateLogs = scoreSlates(log, policy);
  const { serving, candidate, feedback } = gateArrays({ rows, candidateLogs }, values);
  const weightsOf = (policy: typeof serving) =>
    [...policy.targetProbabilities].map((one, row) => one / feedback.propensities[row]!);
  const ofCanary = (weights: readonly number[]) =>
    weights.filter((_, row) => rows[row]!.row.arm === "canary");
  const own = ofCanary(weightsOf(candidate));
  expect(Math.max(...own.map((weight) => Math.abs(weight - 1)))).toBeLessThan(1e-9);
  const others = ofCanary(weightsOf(serving));
  const mean = others.reduce((sum, weight) => sum + weight, 0) / others.length;
  const squares = others.reduce((sum, weight) => sum + (weight - mean) ** 2, 0);
  // Rows of a slate are dependent: two count as one.
  expect(Math.abs(mean - 1)).toBeLessThan(4 * (Math.sqrt(squares * 2) / others.length));
});
