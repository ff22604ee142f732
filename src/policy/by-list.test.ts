import { expect, test } from "vitest";
import { sampleView } from "../../tests/support/policy.ts";
import { keepByList } from "./by-list.ts";

const listOf = (length: number) => Array.from({ length }, (_, index) => sampleView(`i-${index}`));

test.each([
  [1000, 2],
  [1001, 1],
])("of a list of %i items a result is worked out %i times in two calls", (length, times) => {
  let made = 0;
  const count = keepByList((views) => {
    made++;
    return views.length;
  });
  const list = listOf(length);
  expect([count(list), count(list), made]).toEqual([length, length, times]);
  expect(count([...list])).toBe(length);
  expect(made).toBe(times + 1);
});
