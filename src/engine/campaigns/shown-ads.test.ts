import { expect, test } from "vitest";
import { campaignId, itemId } from "../../domain/ids.ts";
import type { Auction } from "./auction.ts";
import { shownAds } from "./shown-ads.ts";

const campaign = { campaignId: campaignId("a"), scenario: "shop", pays: "click", bid: 2 };
const auction: Auction = {
  findAd: () => ({ campaign, since: 1, isOpen: true, factor: 0.5 }),
  boostOf: () => 0,
};
const facts = ["a", "b"].map((id) => ({ itemId: id, categories: [], attributes: {} }));
const exploration = 0.01;
const chance = (logit: number) => (1 - exploration) / (1 + Math.exp(-logit)) + exploration / 2;

/** Share of the first item's showing that was explored, of odds e^logit, without luck e^calm. */
function exploredOf(logit: number, calm?: number): number | undefined {
  const logits = Float64Array.of(logit, 0);
  const drawing = {
    logits,
    exploration,
    rules: {},
    calm: calm === undefined ? undefined : Float64Array.of(calm, 0),
  };
  const shown = { slate: [itemId("a")], positionPropensities: [chance(logit)] };
  return shownAds(auction, { ...shown, arm: "serving", facts }, drawing)[0]?.explored;
}

test("of a showing is explored what the luck of a draw has added to its probability", () => {
  expect(exploredOf(2, 0)).toBeCloseTo(1 - 0.5 / chance(2), 12);
});

test("and at least what chance has, if luck was against it or there was no draw", () => {
  const byChance = exploration / 2 / chance(2);
  for (const calm of [undefined, 3]) expect(exploredOf(2, calm)).toBeCloseTo(byChance, 12);
});
