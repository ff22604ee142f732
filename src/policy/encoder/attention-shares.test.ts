import { expect, test } from "vitest";
import { largestDifference } from "../../../tests/support/policy.ts";
import { createRandom } from "../../numeric/random.ts";
import { createTransformer, type TransformerModel } from "../transformer/parameters.ts";
import { presetShape } from "../transformer/shape.ts";
import { createAttentionShares } from "./attention-shares.ts";

const random = createRandom(3);

function sampleModel(blocks: number): TransformerModel {
  const shape = { ...presetShape("small", { items: 9, length: 10 }), width: 8, heads: 2, blocks };
  const { parameters } = createTransformer(shape, random.split(`${blocks}`));
  return {
    shape,
    parameters: { ...parameters, itemTable: parameters.itemTable!.map((x) => 40 * x) },
  };
}

const items = [4, 0, 7, 7, 2, 8];

function normalised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
}

/** softmax(q·k/√4) of the newest item over all, averaged over two heads, by the textbook. */
function attentionOfNewest({ parameters, shape: { width } }: TransformerModel): number[] {
  const { itemTable, positionTable } = parameters;
  const states = items.map((item, place) =>
    normalised(
      Array.from(
        { length: width },
        (_, i) => itemTable![item * width + i]! + positionTable![place * width + i]!,
      ),
    ),
  );
  const project = (state: readonly number[], name: string) =>
    Array.from({ length: width }, (_, column) =>
      state.reduce(
        (sum, value, row) => sum + value * parameters[`block0/${name}`]![row * width + column]!,
        0,
      ),
    );
  const query = project(states.at(-1)!, "queryWeights");
  const keys = states.map((state) => project(state, "keyWeights"));
  const heads = [0, 1].map((head) => {
    const scores = keys.map((key) => {
      let product = 0;
      for (let i = head * 4; i < head * 4 + 4; i++) product += query[i]! * key[i]!;
      return Math.exp(product / 2);
    });
    const total = scores.reduce((sum, score) => sum + score, 0);
    return scores.map((score) => score / total);
  });
  return items.map((_, place) => (heads[0]![place]! + heads[1]![place]!) / 2);
}

test("the shares of one block are half the attention of the newest item, and half the item itself", async () => {
  const model = sampleModel(1);
  const expected = attentionOfNewest(model).map(
    (share, place) => share / 2 + (place === items.length - 1 ? 0.5 : 0),
  );
  const shares = await createAttentionShares(model)(items);
  expect(largestDifference(expected, shares)).toBeLessThan(1e-5);
});

test("shares of several blocks add up to 1, and each item that came before has one", async () => {
  const sharesOf = createAttentionShares(sampleModel(3));
  for (const some of [items, items.slice(0, 2), Array.from({ length: 10 }, (_, i) => i % 9)]) {
    const shares = await sharesOf(some);
    expect(shares.length).toBe(some.length);
    expect(shares.every((share) => share > 0)).toBe(true);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  }
  expect(await sharesOf([3])).toEqual(Float64Array.of(1));
});
