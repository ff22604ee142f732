import { expect, test } from "vitest";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import type { FastDecision, ItemOfModel } from "./fast-decision.ts";
import type { ResidualModel } from "./residual-model.ts";
import { createValueModel } from "./value-model.ts";

const [click, order] = [0, 1];
const towers = {
  state: Float32Array.of(1, 0),
  items: { values: Float32Array.of(0, 1, 0, -1), width: 2 },
  logits: Float64Array.of(3, 0),
};
const visit = { userId: userId("ann"), towers };
const items: readonly ItemOfModel[] = [
  { itemId: itemId("clicked"), isKnown: true, outcome: click },
  { itemId: itemId("ordered"), isKnown: true, outcome: order },
];
const often = [0.5, 0.05];

/** Each item in turn, whose outcome comes with its own probability. */
function teach(model: ResidualModel, blocks: number, of = items) {
  const random = createRandom(3);
  for (let block = 0; block < blocks; block++)
    model.learn(
      Array.from({ length: 16 }, (_, place): FastDecision => {
        const candidate = place % of.length;
        const reward = random.uniform() < often[candidate]! ? 1 : 0;
        return { ...visit, shown: [{ ...of[candidate]!, candidate, position: 0, reward }] };
      }),
    );
}

const chances = (model: ResidualModel, of = items, scale = 0) => [
  ...model.draw(createRandom(1), scale)(visit, of),
];

test("each outcome has its own probability, whatever the policy promises, and an impression is certain", () => {
  const model = createValueModel({ forgetting: 0.9999 }, 2);
  teach(model, 60);
  const [clicked, ordered] = chances(model);
  // Five standard errors of 480 events each, and the shrinkage of the priors.
  expect(Math.abs(clicked! - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 480) + 0.02);
  expect(Math.abs(ordered! - 0.05)).toBeLessThan(5 * Math.sqrt(0.05 / 480) + 0.02);
  const { outcome: _, ...shown } = items[1]!;
  expect(chances(model, [items[0]!, shown])).toEqual([clicked, 1]);
});

test("an outcome that nobody has paid for yet counts as often as the others in the mean, and a draw tries it", () => {
  const model = createValueModel({ forgetting: 0.9999 }, 2);
  teach(model, 60, items.slice(0, 1));
  const alone = createValueModel({ forgetting: 0.9999 }, 1);
  teach(alone, 60, items.slice(0, 1));
  const [, ordered] = chances(model);
  // The mean has no part of the clicked item's own residual: half of its share is left to that.
  expect(ordered).toBeGreaterThan(0.2);
  expect(chances(model)[0]).toBe(chances(alone, items.slice(0, 1))[0]);
  expect(chances(model, items, 1)[1]).not.toBe(ordered);
});

test("a copy stays as it is while the model learns on, and before a block there is no draw", () => {
  const model = createValueModel({ forgetting: 0.99 }, 2);
  expect(() => chances(model)).toThrow(/learnt from no block/);
  teach(model, 4);
  const copy = model.clone();
  const before = chances(copy);
  teach(model, 4);
  expect(chances(copy)).toEqual(before);
  expect(chances(model)).not.toEqual(before);
});
