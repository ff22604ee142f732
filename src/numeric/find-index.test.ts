import { expect, test } from "vitest";
import { findIndex } from "./find-index.ts";

test.each([0, 1, 2, 7, 8])("of %i indices the first that is reached is found", (count) => {
  for (let first = 0; first <= count; first++)
    expect(findIndex(count, (index) => index >= first)).toBe(first);
});
