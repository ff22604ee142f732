import fc from "fast-check";
import { expect, test } from "vitest";
import { type ItemId, itemId } from "../../domain/ids.ts";
import { leaveEnough } from "./leave-enough.ts";

const slotOf = (ids: readonly string[]) => ({
  candidates: ids.map((id) => ({ itemId: itemId(id) })),
});
const leftOf = (slots: readonly (readonly string[])[], taken: readonly string[] = []) =>
  leaveEnough(slots.map(slotOf), new Set(taken.map(itemId))).map(({ itemId: id }) => id);

/** By trying all choices. */
function canFill(
  [slot, ...later]: readonly (readonly string[])[],
  taken: readonly string[],
): boolean {
  if (slot === undefined) return true;
  return slot.some((id) => !taken.includes(id) && canFill(later, [...taken, id]));
}

test("an action that a later slot alone could show is left to it", () => {
  expect(leftOf([["a", "b"], ["a"]])).toEqual(["b"]);
  expect(
    leftOf(
      [
        ["a", "b", "c"],
        ["a", "b"],
        ["b", "c"],
      ],
      ["a"],
    ),
  ).toEqual([]);
  expect(leftOf([["a", "b", "c"], ["c", "b"], ["c"]])).toEqual(["a"]);
});

test("of slots that can't all be filled every action that is not taken is left", () => {
  expect(leftOf([["a", "b"], ["c"], ["c"]], ["a"])).toEqual(["b"]);
});

test("the actions are those after which all slots can be filled", () => {
  const slot = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
  const requests = fc.array(slot, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(requests, slot, (slots, taken) => {
      const [first = [], ...later] = slots;
      const free = first.filter((id) => !taken.includes(id));
      const expected = canFill(later, taken)
        ? free.filter((id) => canFill(later, [...taken, id]))
        : free;
      expect(leftOf(slots, taken)).toEqual(expected as ItemId[]);
    }),
    { seed: 1, numRuns: 500 },
  );
});
