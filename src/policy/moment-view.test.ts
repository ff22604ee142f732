import { expect, test } from "vitest";
import { sampleView } from "../../tests/support/policy.ts";
import { maxItemTokens } from "./item-features.ts";
import { viewAtMoment } from "./moment-view.ts";

const engaged = (level: number) => [{ name: "engaged", level }];

test("features come before the item's own, within its slots, and the item itself stays known", () => {
  const tags = Array.from({ length: maxItemTokens }, (_, index) => `tag-${index}`);
  const view = sampleView("a", { categories: tags });
  const made = viewAtMoment(view, engaged(2));
  expect(made.tokens).toEqual([
    { index: expect.any(Number), weight: 0.5 },
    ...view.tokens.slice(0, -1),
  ]);
  expect([made.itemId, made.sequence, made.base]).toEqual(["a", 1, view]);
  expect(viewAtMoment(view, [])).toBe(view);
});

test("the same features of an item are one object, of which the newest eight are kept", () => {
  const view = sampleView("a");
  const first = viewAtMoment(view, engaged(1));
  expect(viewAtMoment(view, engaged(1))).toBe(first);
  expect(viewAtMoment(sampleView("a"), engaged(1))).not.toBe(first);
  expect(viewAtMoment(view, engaged(2))).not.toBe(first);
  for (let level = 3; level <= 8; level++) viewAtMoment(view, engaged(level));
  expect(viewAtMoment(view, engaged(1))).toBe(first);
  viewAtMoment(view, engaged(9));
  expect(viewAtMoment(view, engaged(1))).not.toBe(first);
});
