import { describe, expect, test } from "vitest";
import {
  cascadeDoublyRobust,
  independentInversePropensity,
  pseudoInverse,
  rewardInteractionInversePropensity,
  slateInversePropensity,
} from "./slate-estimators.ts";
import {
  type LoggedSlates,
  type SlateTarget,
  type WeightedSlates,
  weighSlates,
} from "./weigh-slates.ts";

// Slates of two out of three items. Logged: every order equally likely. Target: items drawn one after the other without
// replacement with weights 1, 2 and 5 (Plackett–Luce).
const strengths = [1, 2, 5];
const items = [0, 1, 2];
const slates = items.flatMap((a) => items.filter((b) => b !== a).map((b) => [a, b] as const));
const first = (a: number) => strengths[a]! / 8;
const second = (a: number, b: number) => strengths[b]! / (8 - strengths[a]!);
const marginal = (b: number) =>
  items.filter((a) => a !== b).reduce((sum, a) => sum + first(a) * second(a, b), 0);

type Rewards = (a: number, b: number) => readonly [number, number];
/** Of its own item alone. */
const independent: Rewards = (a, b) => [a, 3 - b];
/** Of its item and the one above. */
const cascade: Rewards = (a, b) => [a, a * b];
/** Of the whole slate. */
const whole: Rewards = (a, b) => [a * b, a + 2 * b * b];

const truthOf = (rewards: Rewards) =>
  slates.reduce((sum, [a, b]) => {
    const [top, bottom] = rewards(a, b);
    return sum + first(a) * second(a, b) * (top + bottom);
  }, 0);

/** A model of the reward from a position on that is wrong everywhere. */
const modelAt = (position: number, item: number) => 1 + position - 0.3 * item;

function enumerate(rewards: Rewards): WeightedSlates {
  const flat = (cells: (a: number, b: number) => readonly number[]) =>
    Float64Array.from(slates.flatMap(([a, b]) => [...cells(a, b)]));
  const below = (a: number) =>
    items.filter((b) => b !== a).reduce((sum, b) => sum + second(a, b) * modelAt(1, b), 0);
  return weighSlates(
    {
      rewards: flat(rewards),
      propensities: flat(() => [1 / 3, 1 / 2]),
      marginalPropensities: flat(() => [1 / 3, 1 / 3]),
      starts: Int32Array.from({ length: slates.length + 1 }, (_, i) => 2 * i),
    },
    {
      targetProbabilities: flat((a, b) => [first(a), second(a, b)]),
      marginalTargetProbabilities: flat((a, b) => [first(a), marginal(b)]),
      predictions: flat((a, b) => [modelAt(0, a), modelAt(1, b)]),
      directValues: flat((a) => [
        items.reduce((sum, item) => sum + first(item) * modelAt(0, item), 0),
        below(a),
      ]),
    },
  );
}

const holds = [
  ["SIPS", slateInversePropensity, [independent, cascade, whole]],
  ["IIPS", independentInversePropensity, [independent]],
  ["RIPS", rewardInteractionInversePropensity, [independent, cascade]],
  ["cascade-DR", cascadeDoublyRobust, [independent, cascade]],
] as const;

describe.each(holds)("%s", (_, estimate, worlds) => {
  test.each([false, true])(
    "it is exact in expectation where its assumption holds; self-normalised %s",
    (selfNormalised) => {
      for (const world of worlds) {
        const value = estimate(enumerate(world), { selfNormalised })?.value;
        expect(value).toBeCloseTo(truthOf(world), 12);
      }
    },
  );

  test("elsewhere it is biased", () => {
    const broken = [independent, cascade, whole].filter(
      (world) => !worlds.some((w) => w === world),
    );
    for (const world of broken) {
      expect(Math.abs(estimate(enumerate(world))!.value - truthOf(world))).toBeGreaterThan(0.01);
    }
  });

  test("without weight the error is infinite, and there is no self-normalised estimate", () => {
    const none = new Float64Array(12);
    const weights = { slate: none, prefix: none, position: none };
    const empty = { ...enumerate(whole), weights };
    expect(estimate(empty)?.standardError).toBe(Infinity);
    expect(estimate(empty, { selfNormalised: true })).toBeUndefined();
  });
});

describe("pseudo-inverse", () => {
  // Positions filled independently: the logging policy evenly, the target by strength. Only the slate's reward is seen.
  const pairs = items.flatMap((a) => items.map((b) => [a, b] as const));
  const estimate = (rewardOf: (a: number, b: number) => number, selfNormalised = false) => {
    const flat = (cells: (a: number, b: number) => number[]) =>
      Float64Array.from(pairs.flatMap(([a, b]) => cells(a, b)));
    const even = flat(() => [1 / 3, 1 / 3]);
    const chosen = flat((a, b) => [first(a), first(b)]);
    const log = {
      rewards: flat((a, b) => [rewardOf(a, b), 0]),
      propensities: even,
      marginalPropensities: even,
      starts: Int32Array.from({ length: pairs.length + 1 }, (_, i) => 2 * i),
    };
    const target = { targetProbabilities: chosen, marginalTargetProbabilities: chosen };
    return pseudoInverse(weighSlates(log, target), { selfNormalised })!;
  };
  const truth = (rewardOf: (a: number, b: number) => number) =>
    pairs.reduce((sum, [a, b]) => sum + first(a) * first(b) * rewardOf(a, b), 0);

  test.each([false, true])(
    "it is exact in expectation for additive rewards; self-normalised %s",
    (selfNormalised) => {
      const additive = (a: number, b: number) => 2 * a + b * b;
      expect(estimate(additive, selfNormalised).value).toBeCloseTo(truth(additive), 12);
    },
  );

  test("a reward of the pair biases it", () => {
    const product = (a: number, b: number) => a * b;
    expect(Math.abs(estimate(product).value - truth(product))).toBeGreaterThan(0.1);
  });
});

test("slates of different lengths count each position over the slates that have it", () => {
  const ones = Float64Array.of(1, 1, 1);
  const log = {
    rewards: Float64Array.of(1, 2, 4),
    propensities: ones,
    starts: Int32Array.of(0, 2, 3),
  };
  const onPolicy = weighSlates(log, { targetProbabilities: ones });
  for (const estimate of [slateInversePropensity, rewardInteractionInversePropensity]) {
    for (const selfNormalised of [false, true]) {
      expect(estimate(onPolicy, { selfNormalised })!.value).toBeCloseTo(3.5, 12);
    }
  }
});

describe("weighSlates", () => {
  const log: LoggedSlates = {
    rewards: Float64Array.of(0, 1),
    propensities: Float64Array.of(0.5, 0.25),
    starts: Int32Array.of(0, 2),
  };
  const target: SlateTarget = { targetProbabilities: Float64Array.of(1, 0.5) };

  test("it makes the weights of the slate and of each prefix", () => {
    const { weights } = weighSlates(log, target);
    expect([...weights.prefix]).toEqual([2, 4]);
    expect([...weights.slate]).toEqual([4, 4]);
    expect(weights.position).toBeUndefined();
  });

  test("marginal probabilities of one policy alone are refused, and estimators say what they need", () => {
    const half = { ...log, marginalPropensities: log.propensities };
    expect(() => weighSlates(half, target)).toThrow(/go together, got only one/);
    const other = { ...target, marginalTargetProbabilities: target.targetProbabilities };
    expect(() => weighSlates(log, other)).toThrow(/go together, got only one/);
    const slates = weighSlates(log, target);
    expect(() => independentInversePropensity(slates)).toThrow(/iips needs marginalPropensities/);
    expect(() => pseudoInverse(slates)).toThrow(/pseudo-inverse needs marginalPropensities/);
    expect(() => cascadeDoublyRobust(slates)).toThrow(/cascade-dr needs directValues/);
  });

  test.each([
    [
      "a negative propensity",
      { propensities: Float64Array.of(0.5, -1) },
      {},
      /propensities must be in \(0, 1\], got -1 at row 1/,
    ],
    [
      "a probability above one",
      {},
      { targetProbabilities: Float64Array.of(1, 2) },
      /targetProbabilities must be in \[0, 1\], got 2/,
    ],
    ["starts that don't fit", { starts: Int32Array.of(0, 1) }, {}, /starts must climb/],
    ["only half a model", {}, { predictions: Float64Array.of(0, 0) }, /both or neither/],
  ])("%s: refused", (_, wrongLog, wrongTarget, message) => {
    expect(() => weighSlates({ ...log, ...wrongLog }, { ...target, ...wrongTarget })).toThrow(
      message,
    );
  });
});
