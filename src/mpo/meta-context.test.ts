import { describe, expect, test } from "vitest";
import { type ContextRow, describeContext, firstContext, rememberContext } from "./meta-context.ts";

/** A row of three candidates whose heads say the same, the shortest memory's if given. */
function row(options: {
  readonly policy: readonly number[];
  readonly values: readonly number[];
  readonly short?: readonly number[];
  readonly apart?: number;
  readonly propensity?: number;
  readonly reward?: number;
}): ContextRow {
  const { values, short = values, apart = 0, propensity = 1 / 3, reward = 0 } = options;
  const heads = [short, values, values].flatMap((head) =>
    [apart / 2, -apart / 2].map((shift) => Float64Array.from(head, (value) => value + shift)),
  );
  return {
    propensity,
    action: 0,
    reward,
    scores: {
      logPolicy: Float64Array.from(options.policy, Math.log),
      rewardHeads: heads,
      discriminator: new Float64Array(3),
    },
  };
}

const third = 1 / 3;
const flat = row({ policy: [third, third, third], values: [0.1, 0.2, 0.3] });

describe("before the judgement", () => {
  test("it tells how many rows and candidates there are, and how broad policy and log are", () => {
    const context = describeContext(Array(100).fill(flat), firstContext);
    expect(context.rows).toBeCloseTo(-1, 12);
    expect(context.candidates).toBeCloseTo(Math.log10(3) - 1.5, 12);
    expect(context.entropy).toBeCloseTo(1, 12);
    expect(context.breadth).toBeCloseTo(1, 12);
    expect(context).toMatchObject(firstContext);
  });

  test("a narrow policy has a lower entropy, uneven propensities a lower breadth", () => {
    const narrow = row({ policy: [0.98, 0.01, 0.01], values: [0, 0, 0], propensity: 0.02 });
    const context = describeContext([flat, narrow], firstContext);
    expect(context.entropy).toBeLessThan(0.9);
    // Weights 1 and 1/0.06: (Σw)²/(2·Σw²).
    expect(context.breadth).toBeCloseTo((1 + 1 / 0.06) ** 2 / 2 / (1 + 1 / 0.06 ** 2), 12);
  });

  test("it does not look at rewards", () => {
    const paid = { ...flat, reward: 1 };
    expect(describeContext([paid], firstContext)).toEqual(describeContext([flat], firstContext));
  });
});

describe("after the judgement", () => {
  const judged = {
    servingValue: 0.2,
    uniformDifference: -0.05,
    chosenDifference: 0.02,
    memories: 3,
  };

  test("it keeps what the policy is worth, and how far the reward model is off", () => {
    const told = rememberContext([flat, { ...flat, reward: 0.4 }], judged);
    expect(told.overChance).toBeCloseTo(0.25, 12);
    expect(told.lastGain).toBeCloseTo(0.1, 12);
    expect(told.doubt).toBe(0);
    expect(told.drift).toBeCloseTo(0, 12);
    // Residuals −0.1 and 0.3.
    expect(told.miscalibration).toBeCloseTo(0.1 / 0.2, 12);
  });

  test("doubt and drift are the spreads of heads over that of the candidates", () => {
    const spread = Math.sqrt(2 / 3) * 0.1;
    const uncertain = row({ policy: [third, third, third], values: [0.1, 0.2, 0.3], apart: 0.02 });
    // The sample deviation of two draws 0.02 apart.
    const { doubt } = rememberContext([uncertain], judged);
    expect(doubt).toBeCloseTo(0.02 / Math.SQRT2 / spread, 10);
    const moved = row({
      policy: [third, third, third],
      values: [0.1, 0.2, 0.3],
      short: [0.3, 0.2, 0.1],
    });
    // Mean over memories spreads a third as much, the memories differ by twice the spread.
    expect(rememberContext([moved], judged).drift).toBe(2);
  });

  test("of nothing it is finite", () => {
    expect(rememberContext([], judged)).toEqual(firstContext);
    const still = row({ policy: [third, third, third], values: [0, 0, 0] });
    const told = rememberContext([still], { ...judged, servingValue: Number.NaN });
    expect(Object.values(told).every(Number.isFinite)).toBe(true);
  });
});
