import { describe, expect, test } from "vitest";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { normalQuantile } from "../numeric/statistics.ts";
import { expectLift, type JudgedLift, spreadOfLifts, withExpectedLift } from "./expected-lift.ts";

const servingValue = 0.05;
const z = normalQuantile(0.975);

/** A judged lift with its standard error, both as shares of the serving value. */
function judge(lift: number, error: number): Required<Omit<JudgedLift, "relativeInterval">> {
  const [difference, standardError] = [lift * servingValue, error * servingValue];
  const interval = [difference - z * standardError, difference + z * standardError] as const;
  return { difference, standardError, interval, relativeLift: lift };
}

describe("the lift to be expected", () => {
  test("is the posterior mean under N(0, τ²), with the interval of its deviation", () => {
    const found = expectLift(judge(0.3, 0.2), 0.2)!;
    const deviation = 0.2 / Math.SQRT2;
    expect(found.relativeLift).toBeCloseTo(0.15, 12);
    expect(found.difference).toBeCloseTo(0.15 * servingValue, 12);
    expect(found.relativeInterval![0]).toBeCloseTo(0.15 - z * deviation, 12);
    expect(found.interval![1]).toBeCloseTo((0.15 + z * deviation) * servingValue, 12);
  });

  test("is absent without a lift, and the record stays as it is", () => {
    const { relativeLift: _, ...worthless } = judge(0.3, 0.2);
    expect(expectLift(worthless, 0.2)).toBeUndefined();
    expect(expectLift(judge(0, 0.2), 0.2)).toBeUndefined();
    const gate = { verdict: "not-enough-data", reason: "Few.", rows: 0, guards: [] } as const;
    expect(withExpectedLift(gate, 0.2)).toBe(gate);
  });

  test("is in the sentence about a candidate that was chosen, not in one about a held one", () => {
    const gate = { ...judge(0.3, 0.2), rows: 9, guards: [], reason: "Because." };
    expect(withExpectedLift({ ...gate, verdict: "promote" }, 0.2).reason).toBe(
      "Because. Corrected for this choice, a gain of 15 % is to be expected.",
    );
    expect(withExpectedLift({ ...gate, verdict: "hold" }, 0.2)).toMatchObject({
      reason: "Because.",
      expected: { relativeLift: expect.closeTo(0.15, 12) },
    });
  });
});

describe("the spread of lifts", () => {
  test("without candidates is the usual one, and known lifts have their say by precision", () => {
    expect(spreadOfLifts([])).toBeCloseTo(0.2, 12);
    // Four lifts of 0.4 without an error weigh as much as the usual variance.
    const known = Array.from({ length: 4 }, () => judge(0.4, 0));
    expect(spreadOfLifts(known) ** 2).toBeCloseTo((0.2 ** 2 + 0.4 ** 2) / 2, 12);
    // Of an error of 0.2 each weighs a quarter, and the error's square is no lift.
    const noisy = Array.from({ length: 4 }, () => judge(0.4, 0.2));
    expect(spreadOfLifts(noisy) ** 2).toBeCloseTo((0.2 ** 2 + 0.25 * 0.12) / 1.25, 12);
  });

  test("is never 0, and candidates without a lift say nothing", () => {
    expect(spreadOfLifts(Array.from({ length: 50 }, () => judge(0.01, 0.3)))).toBe(0.02);
    expect(spreadOfLifts([{}, { difference: 0.1 }])).toBeCloseTo(0.2, 12);
  });
});

interface Site {
  /** A true lift. */
  readonly draw: (random: RandomStream) => number;
}
const normal = (spread: number): Site => ({ draw: (random) => spread * random.normal() });
const sites: Readonly<Record<string, (random: RandomStream) => Site>> = {
  "lifts of 20 %": () => normal(0.2),
  "sites of 5 to 40 %": (random) => normal(0.05 * 8 ** random.uniform()),
  "gains by the exponential law": () => ({
    draw: (random) => -0.15 * Math.log(1 - random.uniform()) - 0.03,
  }),
  "half of the candidates as the serving policy": () => ({
    draw: (random) => (random.uniform() < 0.5 ? 0 : 0.25 * random.normal()),
  }),
};

/** Judged lifts that are promoted, with their truth, each after twelve cycles of its site. */
function promoteMany(siteOf: (random: RandomStream) => Site, random: RandomStream) {
  const promoted: { readonly true: number; readonly raw: number; readonly shown: number }[] = [];
  while (promoted.length < 4000) {
    const { draw } = siteOf(random);
    const next = () => {
      const lift = draw(random);
      const error = 0.05 + 0.15 * random.uniform();
      return { lift, judged: judge(lift + error * random.normal(), error) };
    };
    const past = Array.from({ length: 12 }, () => next().judged);
    const { lift, judged } = next();
    if (judged.interval[0] <= 0) continue;
    const shown = expectLift(judged, spreadOfLifts(past))!.relativeLift!;
    promoted.push({ true: lift, raw: judged.relativeLift, shown });
  }
  return promoted;
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

/** Least squares, with the standard error that allows for any spread of the errors (White 1980). */
function regress(x: readonly number[], y: readonly number[]) {
  const [centreX, centreY] = [meanOf(x), meanOf(y)];
  const squares = x.reduce((sum, one) => sum + (one - centreX) ** 2, 0);
  const slope =
    x.reduce((sum, one, index) => sum + (one - centreX) * (y[index]! - centreY), 0) / squares;
  const errors = x.map((one, i) => (one - centreX) * (y[i]! - centreY - slope * (one - centreX)));
  return { slope, error: Math.sqrt(errors.reduce((sum, one) => sum + one ** 2, 0)) / squares };
}

test.each(Object.entries(sites))(
  "of promoted candidates true lifts rise with the shown ones one by one: %s",
  (name, siteOf) => {
    const found = promoteMany(siteOf, createRandom(1931).split(name));
    const truth = found.map((one) => one.true);
    const shown = found.map((one) => one.shown);
    const { slope, error } = regress(shown, truth);
    expect(Math.abs(slope - 1)).toBeLessThan(0.2 + 3 * error);
    // As judged they are too large; the correction leaves less than a third of that.
    const excess = (values: readonly number[]) => meanOf(values) - meanOf(truth);
    const raw = excess(found.map((one) => one.raw));
    expect(raw).toBeGreaterThan(0.05);
    expect(Math.abs(excess(shown))).toBeLessThan(raw / 3);
  },
);
