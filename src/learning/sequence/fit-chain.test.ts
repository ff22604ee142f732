import fc from "fast-check";
import { expect, test } from "vitest";
import { logProbabilities, openShares, scoreSuccessors } from "../../policy/encoder/chain.ts";
import { onlyRead } from "./codes.ts";
import { fitChain } from "./fit-chain.ts";

const itemCount = 6;
const settings = { window: 2, decay: 0.5 };
const sequences = fc.array(
  fc.array(fc.integer({ min: 0, max: itemCount - 1 }), { minLength: 1, maxLength: 8 }),
  { minLength: 1, maxLength: 6 },
);

const countItems = (training: readonly (readonly number[])[]) =>
  Array.from(
    { length: itemCount },
    (_, item) => training.flat().filter((code) => code === item).length,
  );

/** Logarithms of every item's probability after a history. */
function logsAfter(training: readonly (readonly number[])[], history: readonly number[]): number[] {
  const scores = scoreSuccessors(fitChain(training, itemCount, settings), history);
  const log = logProbabilities(scores, openShares(countItems(training)));
  return Array.from({ length: itemCount }, (_, item) => log(item));
}

test("whatever was seen, a chain's probabilities are above 0 and sum to 1", () => {
  fc.assert(
    fc.property(sequences, fc.integer({ min: 0, max: itemCount - 1 }), (training, last) => {
      const logs = logsAfter(training, [last]);
      expect(logs.every(Number.isFinite)).toBe(true);
      expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 12);
    }),
  );
});

test("a successor is likelier than what never came after, and popularity decides where nothing is known", () => {
  const training = [[0, 1], [0, 1], [2, 3], [3]];
  const known = logsAfter(training, [0]);
  expect(known.indexOf(Math.max(...known))).toBe(1);
  const unknown = logsAfter(training, [5]).map((log) => Math.exp(log) * (6 + 7));
  // Interactions and one more each, of thirteen.
  expect(unknown).toEqual([3, 3, 2, 3, 1, 1].map((count) => expect.closeTo(count, 12)));
});

test("an item that is only read has successors, and is nobody's", () => {
  const chain = fitChain(
    [
      [onlyRead(0), 1, onlyRead(2)],
      [0, 2],
    ],
    itemCount,
    settings,
  );
  // Item 0 came twice; 1 and 2 once after it.
  expect([...scoreSuccessors(chain, [0])]).toEqual([0, 0.5, 0.5, 0, 0, 0]);
  expect([...scoreSuccessors(chain, [1])]).toEqual([0, 0, 0, 0, 0, 0]);
});

test("an item that the chain does not know has the mean logarithm of the shares, and no successors' part", () => {
  const shareOf = openShares([0, 3]);
  expect(shareOf(-1)).toBeCloseTo(Math.sqrt((1 / 5) * (4 / 5)), 12);
  const log = logProbabilities(Float64Array.of(0, 2), shareOf);
  expect(log(-1)).toBeCloseTo(Math.log(0.05 * 0.4), 12);
});
