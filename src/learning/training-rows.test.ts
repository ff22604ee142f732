import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { placesInSlate } from "./slate-candidates.ts";
import { oftenShown } from "./training-rows.ts";

const views = sampleViews(4);

test("an item gets a row of its own once two rows have shown it", () => {
  const rows = [0, 1, 0, 3, 0, 3].map((action) => sampleRow(views, { action }));
  expect(oftenShown(rows)).toEqual([views[0]!.itemId, views[3]!.itemId]);
  expect(oftenShown(rows.slice(0, 2))).toEqual([]);
});

test("places are those in the slate that is asked about, also of candidates that two slates share", () => {
  const candidates = [views[1]!, views[3]!];
  const placesIn = (slateCandidates: typeof views) => [
    ...placesInSlate({ ...sampleRow(candidates), slateCandidates }),
  ];
  expect(placesIn(views)).toEqual([1, 3]);
  expect(placesIn(views.slice(1))).toEqual([0, 2]);
  expect(placesIn(views)).toEqual([1, 3]);
});
