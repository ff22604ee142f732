import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createLinearHead, type LinearHead } from "./linear-head.ts";
import { createHead, type HeadOptions, widenToMixed } from "./mixed-head.ts";

const [size, optional] = [5, 3];
const options: HeadOptions = {
  size,
  optional,
  priorPrecision: 1,
  noiseVariance: 0.25,
  forgetting: 1,
};
const narrowOptions = { ...options, size: size - optional, optional: 0 };

interface Event {
  readonly x: Float64Array;
  readonly y: number;
}

/** Targets of a feature, number `tells`, and noise of deviation 0.5. */
function drawEvents(count: number, tells: number, seed: number): Event[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const x = Float64Array.from({ length: size }, () => random.normal());
    return { x, y: x[tells]! + 0.5 * random.normal() };
  });
}

function teach(head: LinearHead, events: readonly Event[], from = 0): LinearHead {
  for (const { x, y } of events) head.update(x.subarray(from), y);
  return head;
}

const ofOptional = drawEvents(400, 0, 1);
const ofOthers = drawEvents(400, optional, 3);
const heads = (events: readonly Event[]) => ({
  mixed: teach(createHead(options), events),
  wide: teach(createLinearHead(options), events),
  narrow: teach(createLinearHead(narrowOptions), events, optional),
});
const probe = Float64Array.of(1, -2, 0.5, 1, 3);

test("before any event the doubt of optional features counts twenty to one", () => {
  const share = 1 / (1 + Math.exp(-3));
  expect(createHead(options).spread(Float64Array.of(1, 0, 0, 0, 0))).toBeCloseTo(share, 12);
});

test("optional features that tell the targets are taken, others are turned down", () => {
  const taken = heads(ofOptional);
  expect(taken.mixed.predict(probe)).toBeCloseTo(taken.wide.predict(probe), 6);
  expect(taken.mixed.spread(probe)).toBeCloseTo(taken.wide.spread(probe), 6);
  expect(taken.mixed.noiseVariance()).toBeCloseTo(taken.wide.noiseVariance(), 6);
  const down = heads(ofOthers);
  const [mixed, narrow, wide] = [
    down.mixed.predict(probe),
    down.narrow.predict(probe.subarray(optional)),
    down.wide.predict(probe),
  ];
  // The density of three features that tell nothing falls by some 400^-3/2.
  expect(Math.abs(mixed - narrow)).toBeLessThan(0.01 * Math.abs(wide - narrow));
});

test("a draw has no weights of features that are turned down, and of scale 0 is the mean", () => {
  const random = createRandom(3);
  expect(heads(ofOptional).mixed.draw(random, 1)).toHaveLength(size);
  expect(heads(ofOthers).mixed.draw(random, 1)).toHaveLength(size - optional);
  const { mixed } = heads(ofOptional.slice(0, 4));
  const weights = mixed.draw(random, 0);
  const product = weights.reduce((sum, weight, index) => sum + weight * probe[index]!, 0);
  expect(product).toBeCloseTo(mixed.predict(probe), 12);
});

test("features that begin to tell are taken late", () => {
  const mixed = createHead({ ...options, forgetting: 0.99 });
  teach(mixed, [...ofOthers, ...ofOptional]);
  expect(mixed.predict(Float64Array.of(1, 0, 0, 0, 0))).toBeGreaterThan(0.8);
});

test("what speaks for or against them is forgotten", () => {
  const mixed = teach(createHead({ ...options, forgetting: 0.99 }), ofOptional);
  const lengthOfDraw = () => mixed.draw(createRandom(4), 1).length;
  expect(lengthOfDraw()).toBe(size);
  teach(
    mixed,
    ofOptional.slice(0, 20).map(({ x, y }) => ({ x, y: -2 * y })),
  );
  expect(lengthOfDraw()).toBe(size - optional);
  for (let event = 0; event < 1500; event++) mixed.update(new Float64Array(size), 0);
  expect(lengthOfDraw()).toBe(size);
});

test("a decoded head continues bit for bit", () => {
  const { mixed } = heads(ofOptional.slice(0, 9));
  const copy = createHead(options, mixed.encode());
  const [original, continued] = [mixed, copy].map((head) => teach(head, ofOthers).encode());
  expect(continued).toEqual(original);
});

test("a widened head keeps its events, and knows no more of the new features than the prior", () => {
  const before = teach(createLinearHead(narrowOptions), ofOthers.slice(0, 50), optional);
  const bytes = widenToMixed(before.encode(), narrowOptions, { added: 1, optional: 2 });
  const widened = createHead({ ...options, size, optional: 2 }, bytes);
  const old = Float64Array.of(0, 0, 0, 1, 3);
  expect(widened.predict(old)).toBeCloseTo(before.predict(old.subarray(optional)), 12);
  expect(widened.noiseVariance()).toBeCloseTo(before.noiseVariance(), 12);
  expect(widened.spread(Float64Array.of(0, 0, 1, 0, 0))).toBeCloseTo(1, 12);
});
