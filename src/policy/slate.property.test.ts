import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { jointPropensity, positionProbabilities, sampleSlate, slatePropensities } from "./slate.ts";

const seed = 20_260;
/** Of sums of at most 12 probabilities. */
const rounding = 1e-14;

const logit = fc.oneof(
  fc.double({ min: -20, max: 20, noNaN: true }),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
);
const logits = fc.array(logit, { minLength: 1, maxLength: 12 });
const exploration = fc.double({ min: 1e-6, max: 1, noNaN: true });
const seeds = fc.nat({ max: 2 ** 32 - 1 });

/** Logits, which of them are taken (never all), and an exploration share. */
const position = fc.tuple(logits, exploration).chain(([values, share]) =>
  fc.tuple(
    fc.constant(values),
    fc
      .array(fc.boolean(), { minLength: values.length, maxLength: values.length })
      .filter((taken) => taken.includes(false)),
    fc.constant(share),
  ),
);

const request = fc.tuple(logits, exploration, seeds).chain(([values, share, draw]) =>
  fc.record({
    logits: fc.constant(values),
    slateSize: fc.integer({ min: 1, max: values.length }),
    exploration: fc.constant(share),
    seed: fc.constant(draw),
  }),
);
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const draw = (one: Request) => sampleSlate({ ...one, random: createRandom(one.seed) });
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** Σ over all ordered slates of this length of their joint propensity. */
function totalPropensity(one: Request, order: readonly number[] = []): number {
  if (order.length === one.slateSize) return jointPropensity(slatePropensities({ ...one, order }));
  const rest = one.logits.map((_, index) => index).filter((index) => !order.includes(index));
  return sum(rest.map((index) => totalPropensity(one, [...order, index])));
}

describe(`properties of slates, seed ${seed}`, () => {
  test("the probabilities of a position sum to one", () => {
    fc.assert(
      fc.property(position, ([values, taken, share]) => {
        const total = sum(positionProbabilities(values, taken, share));
        return Math.abs(total - 1) < rounding;
      }),
      { seed },
    );
  });

  test("what is left has at least its share of the exploration, what is taken has nothing", () => {
    fc.assert(
      fc.property(position, ([values, taken, share]) => {
        const floor = share / taken.filter((one) => !one).length;
        return positionProbabilities(values, taken, share).every((probability, index) =>
          taken[index] ? probability === 0 : probability >= floor && probability <= 1 + rounding,
        );
      }),
      { seed },
    );
  });

  test("a larger logit never has a smaller probability", () => {
    fc.assert(
      fc.property(logits, exploration, (values, share) => {
        const taken = values.map(() => false);
        const probabilities = positionProbabilities(values, taken, share);
        return values.every((left, i) =>
          values.every((right, j) => left < right || probabilities[i]! >= probabilities[j]!),
        );
      }),
      { seed },
    );
  });

  test("exploration 1 is the uniform choice, whatever the logits", () => {
    fc.assert(
      fc.property(position, ([values, taken]) => {
        const remaining = taken.filter((one) => !one).length;
        return positionProbabilities(values, taken, 1).every(
          (probability, index) => probability === (taken[index] ? 0 : 1 / remaining),
        );
      }),
      { seed },
    );
  });

  test("adding a number to all logits changes no probability", () => {
    // 1e4 + 1e4 is rounded to 4e-12, which a probability can move by at most.
    fc.assert(
      fc.property(position, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (one, shift) => {
        const [values, taken, share] = one;
        const moved = positionProbabilities(
          values.map((value) => value + shift),
          taken,
          share,
        );
        return positionProbabilities(values, taken, share).every(
          (probability, index) => Math.abs(probability - moved[index]!) < 1e-11,
        );
      }),
      { seed },
    );
  });

  test("a slate has the asked number of distinct candidates", () => {
    fc.assert(
      fc.property(request, (one) => {
        const { order } = draw(one);
        return (
          new Set(order).size === one.slateSize &&
          order.length === one.slateSize &&
          order.every((index) => Number.isInteger(index) && index >= 0 && index < one.logits.length)
        );
      }),
      { seed },
    );
  });

  test("its propensities are in (0, 1] and are those that the slate has on its own", () => {
    fc.assert(
      fc.property(request, (one) => {
        const { order, positionPropensities } = draw(one);
        expect(slatePropensities({ ...one, order })).toEqual(positionPropensities);
        return positionPropensities.every((value) => value > 0 && value <= 1 + rounding);
      }),
      { seed },
    );
  });

  test("the joint propensity is the product over the positions", () => {
    fc.assert(
      fc.property(request, (one) => {
        const { positionPropensities } = draw(one);
        const logs = sum(positionPropensities.map(Math.log));
        const joint = jointPropensity(positionPropensities);
        return Math.abs(joint - Math.exp(logs)) <= 1e-12 * joint;
      }),
      { seed },
    );
  });

  test("the joint propensities of all slates sum to one", () => {
    const small = request.filter(({ logits: values }) => values.length <= 5);
    fc.assert(
      fc.property(small, (one) => Math.abs(totalPropensity(one) - 1) < 1e-12),
      { seed },
    );
  });

  test("the same seed draws the same slate", () => {
    fc.assert(
      fc.property(request, (one) => {
        expect(draw(one)).toEqual(draw(one));
      }),
      { seed },
    );
  });
});
