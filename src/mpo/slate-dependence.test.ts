import { expect, test } from "vitest";
import {
  createSlateWorld,
  type SlateWorld,
  scoreSlates,
  simulateSlates,
  slatePolicy,
  worthOfSlates,
} from "../../tests/support/simulated-slates.ts";
import { dependenceGuard, gateLimits } from "../evaluation/gate-guards.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { gateCandidate } from "./gate.ts";

const seed = 41;

function judge(
  world: SlateWorld,
  policies: { readonly serving: Float64Array; readonly candidate: Float64Array },
  options: { readonly decisions: number; readonly random: RandomStream },
) {
  const rows = simulateSlates(world, { logs: policies.serving, ...options });
  const candidateLogs = scoreSlates(rows, policies.candidate);
  const { dependenceDeviations: _, ...unasked } = gateLimits;
  const input = { rows, candidateLogs, predictedDifference: 0 };
  return {
    gate: gateCandidate({ ...input, limits: gateLimits }),
    unasked: () => gateCandidate({ ...input, limits: unasked }),
  };
}

test("users who differ, and a reward model that is wrong at each position, are no dependence: 200 logs", () => {
  // Rewards fall with the position, which the model doesn't know; a user clicks up to 1.9 times as often as the average.
  const world = { ...createSlateWorld(8, 0.6), slateSize: 4, userSpread: 0.9 };
  const serving = slatePolicy(world, (share) => 2 * share);
  const candidate = slatePolicy(world, (share) => 4 * share);
  const found = Array.from({ length: 200 }, (_, log) => {
    const random = createRandom(seed).split(log);
    return judge(world, { serving, candidate }, { decisions: 105, random }).gate.dependence!;
  });
  const share = (limit: number) => found.filter(({ pValue }) => pValue < limit).length / 200;
  // Three binomial standard errors above the level.
  expect(share(0.05)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 200));
  expect(share(0.003)).toBeLessThan(0.003 + 3 * Math.sqrt((0.003 * 0.997) / 200));
  // z is that of the larger of two, which is not near 0 either.
  const squares = found.reduce((sum, { z }) => sum + z * z, 0) / 200;
  expect(squares).toBeGreaterThan(0.8);
  expect(squares).toBeLessThan(2);
}, 120_000);

const stops: SlateWorld = {
  ...createSlateWorld(12, 0.9),
  slateSize: 5,
  reading: "stops",
  userSpread: 0.2,
};

test("users who stop after a click show it", () => {
  const serving = slatePolicy(stops, (share) => share);
  const candidate = slatePolicy(stops, (share) => 3 * share);
  const options = { decisions: 1500, random: createRandom(seed) };
  const { gate } = judge(stops, { serving, candidate }, options);
  expect(gate.dependence!.z).toBeLessThan(-3);
  expect(gate.verdict).toBe("canary");
});

test("where two alike items take most of a third's reward, the guard alone stops a harmful candidate of such items", () => {
  const world: SlateWorld = {
    exploration: 0.1,
    slateSize: 5,
    reading: "redundant",
    worth: Float64Array.from({ length: 12 }, (_, item) => (item < 4 ? 0.9 : 0.7)),
  };
  const [serving, candidate] = [1, 4].map((logit) =>
    slatePolicy(world, (_, item) => (item < 4 ? logit : 0)),
  ) as [Float64Array, Float64Array];
  const worthOf = (logs: Float64Array) =>
    worthOfSlates(world, { logs, slates: 10_000, random: createRandom(seed) });
  expect(worthOf(candidate)).toBeLessThan(0.95 * worthOf(serving));
  const options = { decisions: 1500, random: createRandom(seed) };
  const { gate, unasked } = judge(world, { serving, candidate }, options);
  expect(unasked().verdict).toBe("promote");
  const failed = gate.guards.filter(({ passed }) => !passed);
  expect(failed.map(({ name }) => name)).toEqual([dependenceGuard]);
  expect(gate.verdict).toBe("canary");
  expect(gate.reason).toMatch(/^Canary: better by .* depend on the items above; but they do: z \d/);
});
