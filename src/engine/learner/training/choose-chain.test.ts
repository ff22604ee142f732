import { expect, test } from "vitest";
import type { ScoreHistories } from "../../../evaluation/ranking/evaluate-ranking.ts";
import { logProbabilities, openShares, scoreSuccessors } from "../../../policy/encoder/chain.ts";
import { chooseChain, poolChain } from "./choose-chain.ts";

const itemCount = 12;
/** Every user goes on from item to item, in steps of 1. */
const sequences = Array.from({ length: 12 }, (_, user) =>
  Array.from({ length: 5 }, (_, step) => (user + step) % itemCount),
);
const counts = new Float32Array(itemCount).fill(5);
const heldOut = Array.from({ length: 12 }, (_, user) => ({
  history: [user, (user + 1) % itemCount],
  target: (user + 2) % itemCount,
}));
const data = { sequences, counts, heldOut, k: 3 };

/** A network that gives an item a step of `distance` ahead the most. */
const prefer =
  (distance: number, certainty: number): ScoreHistories =>
  async (histories) =>
    histories.map((history) => {
      const next = (history[history.length - 1]! + distance) % itemCount;
      return Float64Array.from({ length: itemCount }, (_, item) => (item === next ? certainty : 0));
    });

test("a network that is right needs no chain", async () => {
  expect(await chooseChain(prefer(1, 9), data)).toMatchObject({ weight: 0, chain: { window: 1 } });
});

test("a network that is wrong is pooled with the chain that knows", async () => {
  const { chain, weight } = await chooseChain(prefer(4, 1), data);
  expect(weight).toBeGreaterThan(0);
  const [alone, pooled] = await poolChain(prefer(4, 1), { chain, counts }, [0, weight])([[3]]);
  const best = (logits: Float64Array) => logits.indexOf(Math.max(...logits));
  expect(best(alone![0]!)).toBe(7);
  expect(best(pooled![0]!)).toBe(4);
});

test("the pool adds λ times the chain's log-probabilities to the network's logits", async () => {
  const { chain } = await chooseChain(prefer(1, 9), data);
  const [pooled] = await poolChain(prefer(1, 9), { chain, counts }, [0.5])([[3]]);
  const log = logProbabilities(scoreSuccessors(chain, [3]), openShares(counts));
  const expected = Array.from(
    { length: itemCount },
    (_, item) => (item === 4 ? 9 : 0) + 0.5 * log(item),
  );
  expect([...pooled![0]!]).toEqual(expected);
});
