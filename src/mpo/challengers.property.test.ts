import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { klDivergence, normaliseLogs } from "../numeric/log-probabilities.ts";
import { referenceLogs, solveTemperature, tilt } from "./challengers.ts";
import { trustRegionTarget } from "./trust-region.ts";

const seed = 53;

const logsOf = (count: number, spread: number) =>
  fc
    .array(fc.double({ min: -spread, max: spread, noNaN: true }), {
      minLength: count,
      maxLength: count,
    })
    .map((values) => normaliseLogs(Float64Array.from(values)));
const advantageOf = (count: number) =>
  fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: count, maxLength: count })
    .map((values) => Float64Array.from(values));

const state = fc
  .integer({ min: 2, max: 8 })
  .chain((count) => fc.tuple(logsOf(count, 5), advantageOf(count)))
  .map(([logPolicy, advantage]) => ({ reference: referenceLogs(logPolicy, 1), advantage }));
const tilted = ({
  reference,
  advantage,
}: {
  reference: Float64Array;
  advantage: Float64Array;
}) => ({
  probabilities: reference.map(Math.exp),
  advantage,
});
const states = fc.array(state, { minLength: 1, maxLength: 6 });
type States = typeof states extends fc.Arbitrary<infer T> ? T : never;

const meanKl = (list: States, temperature: number) =>
  list.reduce(
    (sum, { reference, advantage }) =>
      sum + klDivergence(tilt(reference, advantage, temperature), reference),
    0,
  ) / list.length;

/** E_π A − η·KL(π ‖ π_ref): the objective of a challenger. */
function objective(
  probabilities: readonly number[],
  { reference, advantage }: States[number],
  temperature: number,
): number {
  return probabilities.reduce((sum, probability, a) => {
    if (probability === 0) return sum;
    const cost = temperature * (Math.log(probability) - reference[a]!);
    return sum + probability * (advantage[a]! - cost);
  }, 0);
}

/** All distributions over three actions in steps of 1/50. */
const grid = Array.from({ length: 51 }, (_, i) =>
  Array.from({ length: 51 - i }, (__, j) => [i / 50, j / 50, (50 - i - j) / 50]),
).flat();

describe(`properties of challengers, seed ${seed}`, () => {
  test("no policy on a grid over three actions beats the closed form, and each loses η·KL to it", () => {
    const three = fc.tuple(logsOf(3, 3), advantageOf(3));
    const temperature = fc.double({ min: 0.1, max: 2, noNaN: true });
    fc.assert(
      fc.property(three, temperature, ([reference, advantage], eta) => {
        const one = { reference, advantage };
        const logs = tilt(reference, advantage, eta);
        const best = objective([...logs.map(Math.exp)], one, eta);
        return grid.every((policy) => {
          const loss = best - objective(policy, one, eta);
          const distance = policy.reduce(
            (sum, p, a) => (p === 0 ? sum : sum + p * (Math.log(p) - logs[a]!)),
            0,
          );
          return loss >= -1e-12 && Math.abs(loss - eta * distance) < 1e-10;
        });
      }),
      { seed, numRuns: 60 },
    );
  });

  test("the temperature meets the radius to 1e-3 wherever a radius can be met", () => {
    fc.assert(
      fc.property(states, fc.double({ min: 1e-3, max: 3, noNaN: true }), (list, radius) => {
        const temperature = solveTemperature(list.map(tilted), radius);
        const kl = meanKl(list, temperature);
        const reachable = meanKl(list, 1e-8) > radius;
        return reachable ? Math.abs(kl - radius) < 1e-3 : kl <= radius && temperature < 2e-8;
      }),
      { seed },
    );
  });

  test("a hotter challenger is nearer to its reference", () => {
    const temperature = fc.double({ min: 0.06, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        states,
        temperature,
        fc.double({ min: 1, max: 5, noNaN: true }),
        (list, eta, f) => meanKl(list, eta * f) <= meanKl(list, eta) + 1e-12,
      ),
      { seed },
    );
  });

  test("a larger radius never has a higher temperature", () => {
    const radius = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(states, radius, radius, (list, one, two) => {
        const [small, large] = [Math.min(one, two), Math.max(one, two)];
        return (
          solveTemperature(list.map(tilted), large) <= solveTemperature(list.map(tilted), small)
        );
      }),
      { seed },
    );
  });

  test("a challenger prefers what is better more than its reference does, and sums to one", () => {
    fc.assert(
      fc.property(state, fc.double({ min: 1e-3, max: 10, noNaN: true }), (one, eta) => {
        const { reference, advantage } = one;
        const logs = tilt(reference, advantage, eta);
        const expected = (of: Float64Array) =>
          of.reduce((sum, value, a) => sum + Math.exp(value) * advantage[a]!, 0);
        expect(logs.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
        return expected(logs) >= expected(reference) - 1e-12;
      }),
      { seed },
    );
  });

  test("the target is the distribution nearest to the mixture of those that the log can judge", () => {
    const pair = fc.integer({ min: 2, max: 8 }).chain((n) => fc.tuple(logsOf(n, 8), logsOf(n, 8)));
    fc.assert(
      fc.property(pair, fc.double({ min: 0.05, max: 1, noNaN: true }), (logs, share) => {
        const [served, mixture] = logs.map((one) => one.map(Math.exp));
        const target = trustRegionTarget(served!, mixture!, share);
        expect(target.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
        const most = served!.map((value) => value / share);
        const ratios = target.map((value, a) => value / mixture![a]!);
        // All that are not at their limits have the same ratio to the mixture, and no other is larger.
        const k = Math.max(...ratios);
        return target.every(
          (value, a) =>
            value <= most[a]! * (1 + 1e-12) &&
            (value > most[a]! * (1 - 1e-12) || Math.abs(ratios[a]! / k - 1) < 1e-5),
        );
      }),
      { seed },
    );
  });
});
