import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createTurns } from "./take-turns.ts";

/** Holds the processor, as a request's work does. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test("requests begin in the order in which they came, the first at once", async () => {
  const takeTurn = createTurns();
  const begun: number[] = [];
  const all = [1, 2, 3].map((one) => takeTurn().then(() => begun.push(one)));
  await Promise.resolve();
  await Promise.resolve();
  expect(begun).toEqual([1]);
  await Promise.all(all);
  expect(begun).toEqual([1, 2, 3]);
});

test("the event loop turns between requests that work for long", async () => {
  const takeTurn = createTurns();
  let turns = 0;
  const seen: number[] = [];
  const all = Array.from({ length: 4 }, async () => {
    await takeTurn();
    // Work continues after the first wait that is none.
    await Promise.resolve();
    work(12);
    seen.push(turns);
  });
  let isOver = false;
  const counting = Promise.all(all).then(() => {
    isOver = true;
  });
  while (!isOver) {
    await setImmediate();
    turns += 1;
  }
  await counting;
  for (const [index, turn] of seen.entries())
    if (index > 0) expect(turn - seen[index - 1]!).toBeGreaterThanOrEqual(16);
});

test("requests that work little begin together", async () => {
  const takeTurn = createTurns();
  let begun = 0;
  const all = Array.from({ length: 100 }, () => takeTurn().then(() => begun++));
  await setImmediate();
  expect(begun).toBeGreaterThan(1);
  await Promise.all(all);
});
