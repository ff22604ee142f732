import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { createResidualModel, type FastEvent, type ResidualModel } from "./residual-model.ts";

const features = 3;
const bad = { itemId: itemId("bad"), isKnown: true };
const fresh = { itemId: itemId("fresh"), isKnown: false };

/** Rewards of 0.4, less at position 1, with the promise kept, a direction that pays and a new item that pays. */
function drawEvent(random: ReturnType<typeof createRandom>): FastEvent {
  const x = Float64Array.from({ length: features }, () => random.normal());
  const position = random.integer(2);
  const item = random.uniform() < 0.1 ? fresh : bad;
  const promise = 0.05 * random.normal();
  const mean = 0.4 - 0.2 * position + promise + 0.1 * x[1]! + (item === fresh ? 0.3 : 0);
  return { ...item, features: x, position, promise, reward: mean + 0.1 * random.normal() };
}

function teach(model: ResidualModel, events: number, seed: number): void {
  const random = createRandom(seed);
  for (let event = 0; event < events; event++) model.learn(drawEvent(random));
}

const gain = (model: ResidualModel, x: readonly number[], item = bad, scale = 0, seed = 1) =>
  model.draw(createRandom(seed), scale)(Float64Array.from(x), item);

test("it finds what pays beyond promise and position, without noise in what it draws", () => {
  const model = createResidualModel({ features, forgetting: 0.9999 });
  teach(model, 3000, 1);
  // Five standard errors of a mean of the new item's 300 events, and what the priors take of the truth.
  const bound = (missing: number) => 5 * (0.1 / Math.sqrt(300)) + missing;
  const above = (x: readonly number[], item = bad) => gain(model, x, item) - gain(model, [0, 0, 0]);
  expect(Math.abs(above([0, 1, 0]) - 0.1)).toBeLessThan(bound((0.1 * 50) / 3000));
  expect(Math.abs(above([1, 0, 0]))).toBeLessThan(bound(0));
  expect(Math.abs(above([0, 0, 0], fresh) - 0.3)).toBeLessThan(bound((0.3 * 10) / 300));
});

test("a draw is one for all candidates, and follows from its stream", () => {
  const model = createResidualModel({ features, forgetting: 0.99 });
  teach(model, 100, 2);
  const x = [0.3, -1, 2];
  const draw = model.draw(createRandom(7), 1);
  const drawn = draw(Float64Array.from(x), bad);
  expect(draw(Float64Array.from(x), bad)).toBe(drawn);
  expect(gain(model, x, bad, 1, 7)).toBe(drawn);
  expect(gain(model, x, bad, 1, 8)).not.toBe(drawn);
  // Linear in x but for the item's own part.
  const own = draw(new Float64Array(features), bad);
  const half = x.map((value) => value / 2);
  expect(draw(Float64Array.from(half), bad) - own).toBeCloseTo((drawn - own) / 2, 12);
  expect(gain(model, x, bad, 0, 7)).toBe(gain(model, x, bad, 0, 8));
});

test("draws of a new item scatter more than those of one that the policy knows", () => {
  const model = createResidualModel({ features, forgetting: 0.99 });
  const squares = (item: typeof bad) =>
    Array.from({ length: 400 }, (_, seed) => gain(model, [0, 0, 0], item, 1, seed) ** 2).reduce(
      (sum, square) => sum + square,
    );
  // The prior variances are σ²/200 and σ²/10; a ratio of 400 squares is within 5·2/√400 of theirs.
  expect(squares(fresh) / squares(bad)).toBeGreaterThan(20 * 0.5);
  expect(squares(fresh) / squares(bad)).toBeLessThan(20 * 2);
});

test("a clone learns apart, and comes to the same from the same events", () => {
  const model = createResidualModel({ features, forgetting: 0.99 });
  teach(model, 50, 3);
  const clone = model.clone();
  const before = gain(clone, [1, 1, 1], fresh, 1);
  teach(model, 20, 4);
  expect(gain(clone, [1, 1, 1], fresh, 1)).toBe(before);
  teach(clone, 20, 4);
  expect(gain(clone, [1, 1, 1], fresh, 1)).toBe(gain(model, [1, 1, 1], fresh, 1));
});
