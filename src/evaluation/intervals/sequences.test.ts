import { describe, expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createConfidenceSequence } from "./confidence-sequence.ts";
import { createDifferenceSequence } from "./difference-sequence.ts";
import { createWeightedConfidenceSequence } from "./weighted-confidence-sequence.ts";

const unit = { low: 0, high: 1 };
const bounds = { ...unit, level: 0.95 };
const whole = { lower: 0, upper: 1, level: 0.95 };

describe("createConfidenceSequence", () => {
  test("it is theorem 2 of its paper, written out over arrays", () => {
    const samples = [0.2, 1, 0, 0.7, 0.4, 0.9];
    const sequence = createConfidenceSequence(unit);
    for (const sample of samples) sequence.add(sample);
    const limit = Math.log(2 / 0.05);
    const sumTo = (t: number) => samples.slice(0, t).reduce((sum, x) => sum + x, 0);
    const mean = (t: number) => (0.5 + sumTo(t)) / (t + 1);
    const variance = (t: number) =>
      samples.slice(0, t).reduce((sum, x, i) => sum + (x - mean(i + 1)) ** 2, 0.25) / (t + 1);
    const bets = samples.map((_, i) =>
      Math.min(0.5, Math.sqrt((2 * limit) / (variance(i) * (i + 1) * Math.log(i + 2)))),
    );
    const betSum = bets.reduce((sum, bet) => sum + bet, 0);
    const centre = bets.reduce((sum, bet, i) => sum + bet * samples[i]!, 0) / betSum;
    const penalty = bets.reduce(
      (sum, bet, i) => sum + 4 * (samples[i]! - mean(i)) ** 2 * ((-Math.log(1 - bet) - bet) / 4),
      0,
    );
    const radius = (limit + penalty) / betSum;
    const { lower, upper } = sequence.interval();
    expect(lower).toBeCloseTo(Math.max(0, centre - radius), 12);
    expect(upper).toBeCloseTo(Math.min(1, centre + radius), 12);
  });

  test("before the first value it is the bounds; then it closes in on the mean", () => {
    const sequence = createConfidenceSequence({ low: -10, high: 30 });
    expect(sequence.interval()).toEqual({ lower: -10, upper: 30, level: 0.95 });
    const random = createRandom(5);
    for (let time = 0; time < 20_000; time++) sequence.add(40 * random.uniform() - 10);
    const { lower, upper } = sequence.interval();
    expect(upper - lower).toBeLessThan(1.5);
    expect([lower < 10, upper > 10]).toEqual([true, true]);
  });
});

describe("createDifferenceSequence", () => {
  test("a block closes when both sides have a value", () => {
    const sequence = createDifferenceSequence(unit);
    sequence.add("first", 1);
    sequence.add("first", 0);
    expect([sequence.blocks, sequence.interval()]).toEqual([0, { ...whole, lower: -1 }]);
    sequence.add("second", 0.25);
    expect(sequence.blocks).toBe(1);
    const reference = createConfidenceSequence({ low: -1, high: 1 });
    reference.add(0.25);
    expect(sequence.interval()).toEqual(reference.interval());
  });

  test("it finds a difference of 0.1 in some thousand values, and none where there is none", () => {
    const random = createRandom(6);
    const play = (lift: number) => {
      const sequence = createDifferenceSequence(unit);
      for (let time = 0; time < 10_000; time++) {
        const isFirst = random.uniform() < 0.5;
        const chance = 0.3 + (isFirst ? lift : 0);
        sequence.add(isFirst ? "first" : "second", random.uniform() < chance ? 1 : 0);
      }
      return sequence.interval();
    };
    expect(play(0.1).lower).toBeGreaterThan(0);
    expect(play(-0.1).upper).toBeLessThan(0);
    const { lower, upper } = play(0);
    expect([lower < 0, upper > 0]).toEqual([true, true]);
  });
});

describe("createWeightedConfidenceSequence", () => {
  test("before the first row it is the bounds; then it closes in on the value", () => {
    const sequence = createWeightedConfidenceSequence(unit);
    expect(sequence.interval()).toEqual(whole);
    const random = createRandom(7);
    for (let row = 0; row < 5000; row++) {
      sequence.add(random.uniform() < 0.5 ? 2 : 0, random.uniform() < 0.3 ? 1 : 0);
    }
    const { lower, upper } = sequence.interval();
    expect(upper - lower).toBeLessThan(0.12);
    expect([lower < 0.3, upper > 0.3]).toEqual([true, true]);
  });

  test("mirrored rewards mirror the interval", () => {
    const [one, other] = [unit, unit].map((range) => createWeightedConfidenceSequence(range));
    const random = createRandom(8);
    for (let row = 0; row < 300; row++) {
      const [weight, reward] = [3 * random.uniform(), random.uniform()];
      one!.add(weight, reward);
      other!.add(weight, 1 - reward);
    }
    expect(other!.interval().lower).toBeCloseTo(1 - one!.interval().upper, 10);
  });

  test("a guess that is not cut gives another bound once a large weight came first", () => {
    const [paper, peer] = [1, Number.POSITIVE_INFINITY].map((largestGuess) =>
      createWeightedConfidenceSequence({ ...unit, largestGuess }),
    );
    for (let row = 0; row < 200; row++) {
      paper!.add(row === 0 ? 50 : 1, 1);
      peer!.add(row === 0 ? 50 : 1, 1);
    }
    expect(paper!.interval().lower).not.toBeCloseTo(peer!.interval().lower, 3);
  });

  test("a negative weight is refused", () => {
    const sequence = createWeightedConfidenceSequence(unit);
    expect(() => sequence.add(-1, 0)).toThrow(/weight must be ≥ 0 and finite, got -1/);
  });
});

test.each([
  ["mean", () => createConfidenceSequence(bounds).add(2)],
  ["difference", () => createDifferenceSequence(bounds).add("first", 2)],
  ["weighted", () => createWeightedConfidenceSequence(bounds).add(1, Number.NaN)],
])("the %s sequence refuses a value outside its bounds", (_, add) => {
  expect(add).toThrow(/must be in \[0, 1\], got (2|NaN); pass bounds/);
});

test.each([createConfidenceSequence, createDifferenceSequence, createWeightedConfidenceSequence])(
  "bad bounds and levels are refused before the first value",
  (create) => {
    expect(() => create({ low: 1, high: 0 })).toThrow(/low < high, got 1 and 0/);
    expect(() => create({ ...unit, level: 1 })).toThrow(/level must be in \(0, 1\), got 1/);
  },
);
