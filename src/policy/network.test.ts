import { describe, expect, test } from "vitest";
import {
  fingerprint,
  largestDifference,
  noEncoders,
  onEncoder,
  randomNetwork,
  sampleEncoder,
  sampleState,
  sampleView,
  sampleViews,
} from "../../tests/support/policy.ts";
import { itemId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { openEncoder } from "./encoder/encoder.ts";
import { decodeEncoder, type EncoderModel, encodeEncoder } from "./encoder/encoder-model.ts";
import {
  createNetwork,
  growNetwork,
  type Network,
  type NetworkShape,
  parameterShapes,
  resetHeads,
  withEncoder,
  withText,
} from "./network.ts";
import { decodeNetwork, encodeNetwork } from "./network-policy.ts";
import { createScorer } from "./scorer.ts";

const shape: NetworkShape = { heads: 3, width: 4, positions: 2 };
const [a, b, c] = [itemId("a"), itemId("b"), itemId("c")];
const create = (seed: number) => createNetwork(shape, createRandom(seed));

describe("a new network", () => {
  test("knows one row, for items that it does not know, and fills every shape", () => {
    const { itemIds, parameters } = create(1);
    expect(itemIds).toEqual([""]);
    for (const [name, dimensions] of Object.entries(parameterShapes(shape, 1))) {
      const count = dimensions.reduce((product, length) => product * length, 1);
      expect([name, parameters[name]?.length]).toEqual([name, count]);
      expect(parameters[name]!.every(Number.isFinite)).toBe(true);
    }
  });

  test("starts without an opinion on items and positions, and with embeddings that differ", () => {
    const { parameters } = create(1);
    for (const name of ["itemBias", "itemWeights", "positionBias"])
      expect(parameters[name]!.every((value) => value === 0)).toBe(true);
    for (const name of ["itemTable", "itemTokenTable", "stateWeights"])
      expect(new Set(parameters[name]).size).toBeGreaterThan(parameters[name]!.length / 2);
  });

  test("is the same for the same seed and another for another", () => {
    expect(fingerprint(create(1))).toBe(fingerprint(create(1)));
    expect(fingerprint(create(1))).not.toBe(fingerprint(create(2)));
  });
});

describe("growing", () => {
  test("adds a row for each new item once and keeps the rows that were there", () => {
    const before = growNetwork(create(1), [a], createRandom(2));
    const after = growNetwork(before, [b, a, c, b], createRandom(3));
    expect(after.itemIds).toEqual(["", "a", "b", "c"]);
    const columns = shape.heads * shape.width;
    const { itemTable, itemBias } = after.parameters;
    expect(itemTable!.length).toBe(4 * columns);
    expect(itemTable!.subarray(0, 2 * columns)).toEqual(before.parameters.itemTable);
    expect([...itemBias!]).toEqual(new Array(4 * shape.heads).fill(0));
    const fresh = itemTable!.subarray(2 * columns);
    expect(new Set(fresh).size).toBe(fresh.length);
  });

  test("keeps the learned biases, and gives new items that of unknown ones", () => {
    const grown = growNetwork(create(1), [a], createRandom(2));
    const itemBias = Float32Array.from({ length: 2 * shape.heads }, (_, index) => index + 1);
    const learned = { ...grown, parameters: { ...grown.parameters, itemBias } };
    const after = growNetwork(learned, [b], createRandom(3));
    expect([...after.parameters.itemBias!]).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3]);
  });

  test("changes nothing else, and leaves the network that it came from as it was", () => {
    const before = create(1);
    const was = fingerprint(before);
    const { parameters } = growNetwork(before, [a], createRandom(2));
    expect(fingerprint(before)).toBe(was);
    const { itemTable: _, itemBias: __, ...others } = parameters;
    for (const [name, values] of Object.entries(others))
      expect(values).toBe(before.parameters[name]);
  });

  test("by items that are known already is the same network", () => {
    const network = growNetwork(create(1), [a, b], createRandom(2));
    expect(growNetwork(network, [b, a], createRandom(3))).toBe(network);
    expect(growNetwork(network, [], createRandom(3))).toBe(network);
  });

  test("gives the same rows for the same seed", () => {
    const grow = () => growNetwork(create(1), [a, b], createRandom(2));
    expect(fingerprint(grow())).toBe(fingerprint(grow()));
  });
});

describe("resetting heads", () => {
  const views = sampleViews(3);
  const random = createRandom(5);
  const learned = randomNetwork(shape, views, random);
  const scoresOf = async (network: Network) => {
    const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
    const [heads] = await scorer.score([
      { state: sampleState([[views[0]!, 1]], { hour: 3 }), candidates: views },
    ]);
    await scorer.close();
    return heads!;
  };

  test("leaves the others as they score, and gives these a fresh start", async () => {
    const reset = resetHeads(learned, [0, 2], createRandom(6));
    const [before, after] = [await scoresOf(learned), await scoresOf(reset)];
    expect(after[1]).toEqual(before[1]);
    for (const head of [0, 2]) {
      expect(largestDifference(before[head]!, after[head]!)).toBeGreaterThan(1e-3);
      expect(reset.parameters.itemBias!.filter((_, i) => i % 3 === head)).toEqual(
        new Float32Array(4),
      );
    }
    expect(reset.itemIds).toEqual(learned.itemIds);
  });

  test("is the same for the same seed, and of none is the same network", () => {
    const was = fingerprint(learned);
    const reset = () => fingerprint(resetHeads(learned, [1], createRandom(6)));
    expect(reset()).toBe(reset());
    expect(fingerprint(resetHeads(learned, [], createRandom(6)))).toBe(was);
    expect(fingerprint(learned)).toBe(was);
  });
});

describe("reading texts", () => {
  const vector = Float32Array.of(0.6, 0.8);
  const text = (model: number) => [
    sampleView("a"),
    { ...sampleView("b"), text: { model, vector } },
  ];
  const read = (network: Network, model: number) => withText(network, text(model), createRandom(5));

  test("adds weights for the model of the items' texts, and changes nothing else", () => {
    const before = create(1);
    const after = read(before, 7);
    expect(after.shape).toEqual({ ...shape, text: { model: 7, width: 2 } });
    const { textWeights, ...rest } = after.parameters;
    expect(fingerprint({ ...before, parameters: rest })).toBe(fingerprint(before));
    expect(textWeights!.length).toBe(2 * shape.heads * shape.width);
    expect(new Set(textWeights).size).toBe(textWeights!.length);
  });

  test("keeps what was learned of the same model, and drops it for another", () => {
    const learned = read(create(1), 7);
    expect(read(learned, 7)).toBe(learned);
    expect(withText(learned, [sampleView("a")], createRandom(5))).toBe(learned);
    expect(withText(learned, text(8), createRandom(6)).shape.text?.model).toBe(8);
    expect(withText(learned, text(8), createRandom(6)).parameters.textWeights).not.toEqual(
      learned.parameters.textWeights,
    );
  });

  test("lasts through growing, resetting and a snapshot", async () => {
    const network = resetHeads(
      growNetwork(read(create(1), 7), [a], createRandom(2)),
      [0],
      createRandom(3),
    );
    expect(network.shape.text).toEqual({ model: 7, width: 2 });
    const again = await decodeNetwork(encodeNetwork(network), noEncoders);
    expect(again.shape).toEqual(network.shape);
    expect(fingerprint(again)).toBe(fingerprint(network));
  });
});

test("weights for an encoder's states stay on the one that continues it, and are dropped for another", () => {
  const stored = sampleEncoder(sampleViews(4));
  const standing = onEncoder(randomNetwork(shape, sampleViews(4), createRandom(1)), stored);
  const openChanged = (change: Partial<EncoderModel>) =>
    openEncoder(encodeEncoder({ ...decodeEncoder(stored), throughSequence: 2, ...change }));
  const continued = withEncoder(standing, openChanged({ continues: stored.hash }));
  expect(continued.encoder!.model.throughSequence).toBe(2);
  expect(continued.parameters).toBe(standing.parameters);
  for (const other of [openChanged({}), openChanged({ continues: "another" })]) {
    const { encodedWeights, logOddsWeights } = withEncoder(standing, other).parameters;
    expect([...encodedWeights!, ...logOddsWeights!].every((weight) => weight === 0)).toBe(true);
  }
  const { encodedWeights } = withEncoder(create(1), openChanged({})).parameters;
  expect(encodedWeights!.length).toBeGreaterThan(0);
});
