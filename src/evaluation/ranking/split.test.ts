import fc from "fast-check";
import { expect, test } from "vitest";
import { leaveOneOut, splitByTime } from "./split.ts";

test("the last item is the test target, the one before it the validation target", () => {
  const split = leaveOneOut({
    itemCount: 9,
    sequences: [
      [4, 2, 7, 1],
      [3, 8],
      [5, 6, 0],
    ],
  });
  expect(split).toEqual({
    itemCount: 9,
    training: [[4, 2], [3, 8], [5]],
    validation: [
      { history: [4, 2], target: 7 },
      { history: [5], target: 6 },
    ],
    test: [
      { history: [4, 2, 7], target: 1 },
      { history: [5, 6], target: 0 },
    ],
  });
});

test("a split by time trains on nothing from the time of the test on", () => {
  // Twenty times 0 … 19: the test begins at 18, the newest tenth of the rest at 16.
  const times = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 19], [9, 10, 11, 12, 13, 14, 15, 16], [17], [18]];
  let next = 0;
  const sequences = times.map((own) => own.map(() => next++));
  const split = splitByTime({ itemCount: 20, sequences, times });
  expect(split.training).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8], [10, 11, 12, 13, 14, 15, 16], [18]]);
  expect(split.validation).toEqual([{ history: [10, 11, 12, 13, 14, 15, 16], target: 17 }]);
  expect(split.test).toEqual([{ history: [0, 1, 2, 3, 4, 5, 6, 7, 8], target: 9 }]);
});

test("whatever the times, training lies before every test target", () => {
  const user = fc
    .array(fc.nat(99), { minLength: 1, maxLength: 12 })
    .map((drawn) => drawn.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(user, { minLength: 2, maxLength: 20 }), (times) => {
      // An item is its own time, so that a sequence shows when it was.
      const split = splitByTime({ itemCount: 100, sequences: times, times });
      const newest = Math.max(...split.training.flatMap((own) => Array.from(own)));
      for (const { history, target } of split.test) {
        expect(target).toBeGreaterThan(newest);
        expect(history.length).toBeGreaterThan(0);
      }
    }),
  );
});

test("a split by time without times is refused", () => {
  expect(() => splitByTime({ itemCount: 3, sequences: [[0, 1, 2]] })).toThrow(
    "a split by time needs times of interactions, got none",
  );
});
