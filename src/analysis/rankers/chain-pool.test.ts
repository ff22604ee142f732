import fc from "fast-check";
import { expect, test } from "vitest";
import { poolLogits, toLogProbabilities } from "./chain-pool.ts";
import { fitMarkov } from "./markov.ts";

const itemCount = 6;
const chain = { window: 2, decay: 0.5 };
const sequences = fc.array(
  fc.array(fc.integer({ min: 0, max: itemCount - 1 }), { minLength: 1, maxLength: 8 }),
  { minLength: 1, maxLength: 6 },
);

test("whatever was seen, a chain's probabilities are above 0 and sum to 1", () => {
  fc.assert(
    fc.property(sequences, fc.integer({ min: 0, max: itemCount - 1 }), (training, last) => {
      const data = { training, itemCount };
      const logs = toLogProbabilities(fitMarkov(data, chain), data).score([last]);
      expect(logs.every(Number.isFinite)).toBe(true);
      expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 12);
    }),
  );
});

test("a successor is likelier than what never came after, and popularity decides where nothing is known", () => {
  const data = { training: [[0, 1], [0, 1], [2, 3], [3]], itemCount };
  const ranker = toLogProbabilities(fitMarkov(data, chain), data);
  const known = [...ranker.score([0])];
  expect(known.indexOf(Math.max(...known))).toBe(1);
  const unknown = [...ranker.score([5])].map((log) => Math.exp(log) * (6 + 7));
  // Interactions and one more each, of thirteen.
  expect(unknown).toEqual([3, 3, 2, 3, 1, 1].map((count) => expect.closeTo(count, 12)));
});

test("the pool weighs the chain, and is the network's alone at 0", () => {
  const logProbabilities = Float64Array.of(-1, -2);
  expect([...poolLogits([3, 5], { logProbabilities, weight: 0 })]).toEqual([3, 5]);
  expect([...poolLogits([3, 5], { logProbabilities, weight: 0.5 })]).toEqual([2.5, 4]);
  expect(() => poolLogits([3], { logProbabilities, weight: 1 })).toThrow(
    "logits must be of all 2 items, got 1",
  );
});
