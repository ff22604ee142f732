import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createOwnResiduals } from "./own-residuals.ts";

const old = { id: "old", priorEvents: 15 };
const fresh = { id: "new", priorEvents: 10 };
const one = Float64Array.of(1);

test("with a constant alone a residual is the weighted mean of its targets, shrunk by the prior's events", () => {
  const residuals = createOwnResiduals(1, 0.9);
  residuals.update(fresh, one, 1);
  residuals.update(old, one, -1);
  residuals.update(fresh, one, 0.5);
  // Weights 0.9² and 1 by age in events of all owners.
  const weight = 0.81 + 1;
  const found = residuals.find(fresh)(one);
  expect(found.mean).toBeCloseTo((0.81 + 0.5) / (10 + weight), 14);
  expect(found.spread).toBeCloseTo(1 / (10 + weight), 14);
  expect(residuals.find(old)(one).mean).toBeCloseTo(-0.9 / (15 + 0.9), 14);
});

test("an owner without events has its prior, and what is forgotten goes back to it", () => {
  const residuals = createOwnResiduals(2, 0.9);
  const x = Float64Array.of(1, 3);
  const prior = { mean: 0, spread: (1 + 9) / 10 };
  expect(residuals.find(fresh)(x).mean).toBe(0);
  expect(residuals.find(fresh)(x).spread).toBeCloseTo(prior.spread, 14);
  for (let event = 0; event < 20; event++) residuals.update(fresh, x, 1);
  expect(residuals.find(fresh)(x).mean).toBeGreaterThan(0.5);
  for (let event = 0; event < 300; event++) residuals.update(old, x, 0);
  expect(residuals.find(fresh)(x).mean).toBeCloseTo(0, 11);
  expect(residuals.find(fresh)(x).spread).toBeCloseTo(prior.spread, 11);
});

test("weights of its own are found from noisy events, within their posterior", () => {
  const residuals = createOwnResiduals(3, 1);
  const random = createRandom(1);
  const weights = [0.3, -0.5, 0.2];
  const deviation = 0.4;
  const draw = () => Float64Array.of(1, random.normal(), random.normal());
  const expectedAt = (x: Float64Array) =>
    x.reduce((sum, value, at) => sum + value * weights[at]!, 0);
  const events = 500;
  for (let event = 0; event < events; event++) {
    const x = draw();
    residuals.update(old, x, expectedAt(x) + deviation * random.normal());
  }
  for (let trial = 0; trial < 20; trial++) {
    const x = draw();
    const { mean, spread } = residuals.find(old)(x);
    // The prior takes 15 of some 515 events' worth.
    const bound = 5 * deviation * Math.sqrt(spread) + (15 / events) * Math.hypot(...x);
    expect(Math.abs(mean - expectedAt(x))).toBeLessThan(bound);
  }
});

test("a clone learns apart", () => {
  const residuals = createOwnResiduals(1, 0.9);
  const find = (of: typeof residuals) => of.find(old)(one);
  residuals.update(old, one, 1);
  const clone = residuals.clone();
  const before = find(clone);
  residuals.update(old, one, 1);
  expect(find(clone)).toEqual(before);
  clone.update(old, one, 1);
  expect(find(clone)).toEqual(find(residuals));
});

test("moments are those of all owners' sums, forgotten ones as parts", () => {
  const forgetting = 0.97;
  const residuals = createOwnResiduals(2, forgetting);
  const random = createRandom(4);
  const owners = ["a", "b", "c"].map((id) => ({
    owner: { id, priorEvents: 15 },
    right: [0, 0],
    matrix: [0, 0, 0],
  }));
  for (let event = 0; event < 200; event++) {
    const x = Float64Array.of(1, random.normal());
    const y = random.normal();
    const chosen = owners[random.integer(3)]!;
    residuals.update(chosen.owner, x, y);
    for (const one of owners) {
      const isChosen = Number(one === chosen);
      one.right = one.right.map((sum, row) => forgetting * sum + isChosen * x[row]! * y);
      const products = [1, x[1]!, x[1]! ** 2];
      one.matrix = one.matrix.map((sum, cell) => forgetting * sum + isChosen * products[cell]!);
    }
  }
  const sum = (of: (one: (typeof owners)[number]) => number) =>
    owners.reduce((total, one) => total + of(one), 0);
  for (const { targets, trace, squares } of [residuals.moments(), residuals.clone().moments()]) {
    expect(targets).toBeCloseTo(
      sum(({ right: [a = 0, b = 0] }) => a ** 2 + b ** 2),
      10,
    );
    expect(trace).toBeCloseTo(
      sum(({ matrix: [a = 0, , b = 0] }) => a + b),
      10,
    );
    expect(squares).toBeCloseTo(
      sum(({ matrix: [a = 0, b = 0, c = 0] }) => a ** 2 + 2 * b ** 2 + c ** 2),
      8,
    );
  }
});

test("widened residuals are those whose new features were 0 from the start", () => {
  const random = createRandom(6);
  const [narrow, wide] = [createOwnResiduals(2, 0.97), createOwnResiduals(4, 0.97)];
  const learn = (residuals: readonly ReturnType<typeof createOwnResiduals>[], x: Float64Array) => {
    const [owner, y] = [random.integer(2) === 0 ? old : fresh, random.normal()];
    for (const own of residuals) own.update(owner, x.subarray(0, own === narrow ? 2 : 4), y);
  };
  for (let event = 0; event < 40; event++)
    learn([narrow, wide], Float64Array.of(1, random.normal(), 0, 0));
  const widened = narrow.widen(4);
  const expectAlike = () => {
    for (const owner of [old, fresh]) {
      const x = Float64Array.from({ length: 4 }, () => random.normal());
      const [found, expected] = [widened, wide].map((own) => own.find(owner)(x));
      expect(found!.mean).toBeCloseTo(expected!.mean, 12);
      expect(found!.spread).toBeCloseTo(expected!.spread, 12);
    }
    expect(widened.moments().squares).toBeCloseTo(wide.moments().squares, 8);
  };
  expectAlike();
  for (let event = 0; event < 20; event++)
    learn(
      [widened, wide],
      Float64Array.from({ length: 4 }, () => random.normal()),
    );
  expectAlike();
});
