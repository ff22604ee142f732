import fc from "fast-check";
import { expect, test } from "vitest";
import { factorise } from "../../numeric/cholesky.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import { type LinearHeadOptions, widenHead } from "./head-state.ts";
import { createLinearHead } from "./linear-head.ts";

interface Event {
  readonly x: Float64Array;
  readonly y: number;
}

const size = 6;
const options: LinearHeadOptions = {
  size,
  priorPrecision: 0.7,
  forgetting: 1,
  noiseVariance: 0.3,
};

const normals = (count: number, random: RandomStream) =>
  Float64Array.from({ length: count }, () => random.normal());

function drawEvents(count: number, random: RandomStream, width = size): Event[] {
  const truth = normals(width, random);
  return Array.from({ length: count }, () => {
    const x = normals(width, random);
    const signal = x.reduce((sum, value, index) => sum + value * truth[index]!, 0);
    return { x, y: signal + 0.5 * random.normal() };
  });
}

/** (λI + Σ weight·x·xᵀ)⁻¹ applied to Σ weight·x·y or any other vector, by one solve over all events. */
function solveBatch(events: readonly Event[], { forgetting, priorPrecision }: LinearHeadOptions) {
  const width = events[0]!.x.length;
  const matrix = new Float64Array(width * width);
  const right = new Float64Array(width);
  for (const [index, { x, y }] of events.entries()) {
    const weight = forgetting ** (events.length - 1 - index);
    for (let row = 0; row < width; row++) {
      right[row]! += weight * x[row]! * y;
      for (let column = 0; column < width; column++)
        matrix[row * width + column]! += weight * x[row]! * x[column]!;
    }
  }
  for (let row = 0; row < width; row++) matrix[row * width + row]! += priorPrecision;
  const solve = factorise(matrix, width);
  return { solve, mean: solve(right) };
}

function run(events: readonly Event[], given: LinearHeadOptions) {
  const head = createLinearHead(given);
  for (const { x, y } of events) head.update(x, y);
  return head;
}

const dot = (left: Float64Array, right: Float64Array) =>
  left.reduce((sum, value, index) => sum + value * right[index]!, 0);

test("without forgetting it is batch ridge regression, at any number of events", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (count, seed) => {
      const events = drawEvents(count, createRandom(seed));
      const head = run(events, options);
      const { mean, solve } = solveBatch(events, options);
      const { x } = drawEvents(1, createRandom(seed + 1))[0]!;
      expect(Math.abs(head.predict(x) - dot(mean, x))).toBeLessThan(1e-8);
      expect(Math.abs(head.spread(x) - dot(x, solve(x)))).toBeLessThan(1e-8);
    }),
    { numRuns: 50 },
  );
});

test("with forgetting it is batch regression on events of weight γ^age, and the prior stays whole", () => {
  const forgetting = 0.9;
  // After a whole number of `size` events the factor has just been made anew.
  for (const count of [size, 5 * size, 20 * size]) {
    const events = drawEvents(count, createRandom(count));
    const head = run(events, { ...options, forgetting });
    const { mean, solve } = solveBatch(events, { ...options, forgetting });
    for (const { x } of drawEvents(5, createRandom(9))) {
      expect(Math.abs(head.predict(x) - dot(mean, x))).toBeLessThan(1e-8);
      expect(Math.abs(head.spread(x) - dot(x, solve(x)))).toBeLessThan(1e-8);
    }
  }
});

test("between two factorisations it lacks no more of the prior than was forgotten since", () => {
  const forgetting = 0.99;
  const events = drawEvents(4 * size - 1, createRandom(8));
  const head = run(events, { ...options, forgetting });
  const least = solveBatch(events, {
    ...options,
    forgetting,
    priorPrecision: options.priorPrecision * forgetting ** size,
  });
  const most = solveBatch(events, { ...options, forgetting });
  for (const { x } of drawEvents(20, createRandom(9))) {
    expect(head.spread(x)).toBeGreaterThanOrEqual(dot(x, most.solve(x)) - 1e-12);
    expect(head.spread(x)).toBeLessThanOrEqual(dot(x, least.solve(x)) + 1e-12);
  }
});

test("events that say nothing bring it back to the prior", () => {
  const head = run(drawEvents(16 * size, createRandom(4)), { ...options, forgetting: 0.9 });
  const zero = new Float64Array(size);
  for (let event = 0; event < 50 * size; event++) head.update(zero, 0);
  const { x } = drawEvents(1, createRandom(5))[0]!;
  expect(head.predict(x)).toBeCloseTo(0, 8);
  expect(head.spread(x)).toBeCloseTo(dot(x, x) / options.priorPrecision, 8);
});

test("with another prior it is what the same events would have made of that one", () => {
  const priorPrecision = 8;
  for (const count of [0, 3, size + 2]) {
    const events = drawEvents(count + size, createRandom(count));
    const head = run(events.slice(0, count), options);
    head.setPrior(priorPrecision);
    for (const { x, y } of events.slice(count)) head.update(x, y);
    const { mean, solve } = solveBatch(events, { ...options, priorPrecision });
    const { x } = drawEvents(1, createRandom(5))[0]!;
    expect(head.predict(x)).toBeCloseTo(dot(mean, x), 8);
    expect(head.spread(x)).toBeCloseTo(dot(x, solve(x)), 8);
  }
  const head = createLinearHead(options);
  expect(() => head.setPrior(0)).toThrow("priorPrecision is 0; it must be above 0");
});

test("the noise is estimated, within five standard errors", () => {
  const count = 4000;
  const head = run(drawEvents(count, createRandom(12)), options);
  // Var of a squared normal error is 2σ⁴; the first guess weighs as ten events.
  const bound = 5 * 0.25 * Math.sqrt(2 / count) + (10 / count) * 0.05;
  expect(Math.abs(head.noiseVariance() - 0.25)).toBeLessThan(bound);
});

test("draws have the posterior's mean and covariance, within five standard errors", () => {
  const events = drawEvents(30, createRandom(21));
  const head = run(events, options);
  const { mean, solve } = solveBatch(events, options);
  const scale = 1.5;
  const variance = scale ** 2 * head.noiseVariance();
  const count = 2000;
  const draws = Array.from({ length: count }, (_, seed) => head.draw(createRandom(seed), scale));
  const covariance = Array.from({ length: size }, (_, row) => {
    const unit = new Float64Array(size);
    unit[row] = 1;
    return solve(unit).map((value) => variance * value);
  });
  for (let row = 0; row < size; row++) {
    const average = draws.reduce((sum, draw) => sum + draw[row]!, 0) / count;
    const bound = 5 * Math.sqrt(covariance[row]![row]! / count);
    expect(Math.abs(average - mean[row]!)).toBeLessThan(bound);
    for (let column = 0; column < size; column++) {
      const product = draws.reduce(
        (sum, draw) => sum + (draw[row]! - mean[row]!) * (draw[column]! - mean[column]!),
        0,
      );
      const [across, own, other] = [
        covariance[row]![column]!,
        covariance[row]![row]!,
        covariance[column]![column]!,
      ];
      const error = Math.sqrt((own * other + across ** 2) / count);
      expect(Math.abs(product / count - across)).toBeLessThan(5 * error);
    }
  }
});

test("a decoded head goes on bit for bit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(), (count, seed) => {
      const given = { ...options, forgetting: 0.95 };
      const events = drawEvents(count + 10, createRandom(seed));
      const head = run(events.slice(0, count), given);
      const decoded = createLinearHead(given, head.encode());
      for (const { x, y } of events.slice(count)) {
        head.update(x, y);
        decoded.update(x, y);
      }
      expect(decoded.encode()).toEqual(head.encode());
      expect(decoded.draw(createRandom(1), 1)).toEqual(head.draw(createRandom(1), 1));
    }),
    { numRuns: 30 },
  );
});

test("options, events and bytes that would spoil it are refused, and leave it as it was", () => {
  for (const [change, message] of [
    [{ size: 0 }, /size is 0/],
    [{ priorPrecision: 0 }, /priorPrecision is 0/],
    [{ forgetting: 1.1 }, /forgetting is 1.1/],
    [{ noiseVariance: Number.NaN }, /noiseVariance is NaN/],
  ] as const)
    expect(() => createLinearHead({ ...options, ...change })).toThrow(message);
  const head = run(drawEvents(10, createRandom(1)), options);
  const before = head.encode();
  const x = new Float64Array(size);
  expect(() => head.update(x, Number.NaN)).toThrow(/must be finite/);
  expect(() =>
    head.update(
      x.map(() => Number.POSITIVE_INFINITY),
      1,
    ),
  ).toThrow(/must be finite/);
  expect(() => head.update(new Float64Array(2), 1)).toThrow(/2 features, expected 6/);
  expect(head.encode()).toEqual(before);
  expect(() => createLinearHead(options, before.slice(8))).toThrow(/640 bytes, expected 648/);
});

/**
 * Regret of Thompson sampling against the best of ten random actions a round, over the regret of
 * chance.
 */
function playBandit(seed: number): number {
  const random = createRandom(seed);
  const truth = normals(8, random);
  const head = createLinearHead({ size: 8, priorPrecision: 1, forgetting: 1, noiseVariance: 1 });
  let [missed, missedByChance] = [0, 0];
  for (let round = 0; round < 150; round++) {
    const actions = Array.from({ length: 10 }, () => normals(8, random));
    const weights = head.draw(random, 1);
    const scores = actions.map((x) => dot(x, weights));
    const values = actions.map((x) => dot(x, truth));
    const chosen = scores.indexOf(Math.max(...scores));
    head.update(actions[chosen]!, values[chosen]! + random.normal());
    const best = Math.max(...values);
    missed += best - values[chosen]!;
    missedByChance += best - values.reduce((sum, value) => sum + value, 0) / values.length;
  }
  return missed / missedByChance;
}

test("Thompson sampling on it misses less than a quarter of what chance does, on each of ten seeds", () => {
  for (let seed = 1; seed <= 10; seed++) expect(playBandit(seed)).toBeLessThan(0.25);
});

test("moments are the sums of the events, without the prior of then or before", () => {
  const forgetting = 0.97;
  const head = createLinearHead({ ...options, forgetting });
  const right = new Float64Array(size);
  const matrix = new Float64Array(size * size);
  for (const { x, y } of drawEvents(120, createRandom(5))) {
    head.update(x, y);
    for (let row = 0; row < size; row++) {
      right[row] = forgetting * right[row]! + x[row]! * y;
      for (let column = 0; column < size; column++) {
        const cell = row * size + column;
        matrix[cell] = forgetting * matrix[cell]! + x[row]! * x[column]!;
      }
    }
  }
  head.setPrior(30);
  const { targets, trace, squares } = head.moments();
  const sumSquares = (values: Float64Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  const diagonal = matrix.filter((_, cell) => cell % (size + 1) === 0);
  expect(targets / sumSquares(right)).toBeCloseTo(1, 10);
  expect(trace / diagonal.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
  expect(squares / sumSquares(matrix)).toBeCloseTo(1, 10);
});

test("a widened head is one whose new features were 0 from the start, and goes on learning as that one", () => {
  const random = createRandom(21);
  const narrow = { ...options, size: 3 };
  const wide = { ...narrow, size: 5 };
  const heads = [createLinearHead(narrow), createLinearHead(wide)] as const;
  const events = drawEvents(100, random, 3);
  const padded = (x: Float64Array) => Float64Array.of(0, 0, ...x);
  for (const { x, y } of events) {
    heads[0].update(x, y);
    heads[1].update(padded(x), y);
  }
  const widened = createLinearHead(wide, widenHead(heads[0].encode(), narrow, 2));
  const expectAlike = () => {
    expect(widened.noiseVariance()).toBeCloseTo(heads[1].noiseVariance(), 12);
    for (const { x } of drawEvents(10, random, 5)) {
      expect(widened.predict(x)).toBeCloseTo(heads[1].predict(x), 12);
      expect(widened.spread(x)).toBeCloseTo(heads[1].spread(x), 12);
    }
  };
  expectAlike();
  for (const { x, y } of drawEvents(20, random, 5))
    for (const head of [widened, heads[1]]) head.update(x, y);
  // Its factor has been renewed since, and so has that of the other.
  expectAlike();
});
