import { expect, test } from "vitest";
import { dayMs } from "../../domain/durations.ts";
import { runClosedLoop } from "../closed-loop/closed-loop.ts";
import { worldConfiguration } from "../closed-loop/world-configuration.ts";
import { createAdsWorld } from "./ads-world.ts";

const visitsPerDay = 1000;
const world = createAdsWorld({ seed: 3, visitsPerDay });
const timeOf = (turn: number) => world.visit(turn).at! * 1000;

test("visits come in order, a day's number of them in each day, most at noon", () => {
  const times = Array.from({ length: 2 * visitsPerDay }, (_, turn) => timeOf(turn));
  expect(times).toEqual(times.toSorted((left, right) => left - right));
  expect(Math.floor(times[visitsPerDay - 1]! / dayMs)).toBe(0);
  expect(Math.floor(times[visitsPerDay]! / dayMs)).toBe(1);
  const within = (from: number, to: number) =>
    times.filter((time) => time >= from * dayMs && time < to * dayMs).length;
  // Density 0.4 at midnight and 1.6 at noon.
  expect(within(0.49, 0.51) / within(0, 0.02)).toBeGreaterThan(3);
});

test("a click pays the bid of the ad's campaign, as often as the truth says", () => {
  const [item] = world.items;
  const campaign = world.campaigns!.find(
    ({ campaignId }) => campaignId === item!.attributes.campaign,
  )!;
  let expected = 0;
  let variance = 0;
  let clicks = 0;
  for (let turn = 0; turn < 4000; turn++) {
    const p = world.expectedReward(turn, [item!.itemId]) / campaign.bid;
    expected += p;
    variance += p * (1 - p);
    clicks += world.react(turn, [item!.itemId]).length;
  }
  expect(Math.abs(clicks - expected)).toBeLessThan(4 * Math.sqrt(variance));
});

test("the best slate has the highest true revenue", () => {
  for (let turn = 0; turn < 20; turn++) {
    const best = world.expectedReward(turn, world.bestSlate(turn));
    for (const { itemId } of world.items)
      expect(world.expectedReward(turn, [itemId])).toBeLessThanOrEqual(best);
  }
});

test("strategies differ in the weight of the bid, and a loop plays its campaigns", async () => {
  const weightOf = (strategy: "mpo" | "mpo-no-boost" | "greedy-bid") =>
    worldConfiguration(world, strategy).scenarios[0]?.ads?.bidWeight;
  expect((["mpo", "mpo-no-boost", "greedy-bid"] as const).map(weightOf)).toEqual([1, 0, 50]);
  const small = createAdsWorld({ seed: 3, visitsPerDay: 60 });
  const shown: number[] = [];
  await runClosedLoop({
    world: small,
    strategy: "frozen",
    cycles: 2,
    decisionsPerCycle: 60,
    seed: 1,
    threads: 1,
    onCycle: async (_, store) => {
      const span = { scenario: "ads", from: 0, to: 1e6, now: 0 };
      const all = await store.campaigns.figures(span);
      shown.push(all.reduce((sum, { impressions }) => sum + impressions, 0));
    },
  });
  expect(shown).toEqual([60, 120]);
});
