import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import { createUnknownItems } from "./unknown-items.ts";

test("an unknown item is one view, until as many others were asked for since as are remembered", () => {
  const view = createUnknownItems(2);
  const [a, b, c] = [itemId("a"), itemId("b"), itemId("c")];
  const first = view(a);
  expect(first).toEqual({ itemId: "a", sequence: 0, tokens: [] });
  const second = view(b);
  expect(view(a)).toBe(first);
  view(c);
  expect(view(a)).toBe(first);
  expect(view(b)).not.toBe(second);
  expect(view(b)).toEqual(second);
});
