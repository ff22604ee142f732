import type { Campaign } from "../../domain/campaign.ts";
import { dayMs } from "../../domain/durations.ts";
import { campaignId, type ItemId, userId } from "../../domain/ids.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import { bisect } from "../../numeric/bisect.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import { assertTurn, checkInteger, seedRange } from "./check-options.ts";
import { describeItems } from "./synthetic-catalogue.ts";
import { attraction, createTruth } from "./synthetic-truth.ts";

export interface AdsWorldOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** At least 100. Budgets are in proportion to them. */
  readonly visitsPerDay: number;
}

const adsScenario = "ads";
const campaigns = 10;
const adsPerCampaign = 4;
const users = 300;
/** Bids and prices are at most this. */
const highestBid = 2;
/** A campaign without a budget, so that there is always an ad. */
const houseBid = 0.05;

/**
 * Bids from 0.25 to 2, evenly by their logarithm. A day's budget pays for 2 to 8 % of the visits, so that those of high bids are
 * exhausted and those of low bids are not.
 */
function createCampaigns(visitsPerDay: number, random: RandomStream): Campaign[] {
  return Array.from({ length: campaigns }, (_, index): Campaign => {
    const common = { campaignId: campaignId(`campaign-${index + 1}`), scenario: adsScenario };
    if (index === campaigns - 1) return { ...common, pays: "click", bid: houseBid };
    const bid = (highestBid / 8) * 8 ** random.uniform();
    const clicks = visitsPerDay * 0.02 * 4 ** random.uniform();
    return { ...common, pays: "click", bid, budget: { day: bid * Math.round(clicks) } };
  });
}

/** Share of a day's traffic before the share `x` of its time: one wave, four times as busy at its height as at its lowest. */
const trafficBefore = (x: number): number => x - (0.6 / (2 * Math.PI)) * Math.sin(2 * Math.PI * x);

/**
 * Ads of campaigns with bids and budgets of a day. Users click as in the synthetic world: P(click) = σ(intercept + slope · ⟨taste, ad⟩ +
 * quality). A click pays the bid of its campaign, so that the reward is revenue. A visit may show any ad whose campaign takes part. Each
 * cycle of `visitsPerDay` visits is a day, with one wave of traffic. Users have no history before the first visit.
 *
 * @throws EngineError `invalid_configuration`
 */
export function createAdsWorld({ seed, visitsPerDay }: AdsWorldOptions): World<CatalogueVisit> {
  checkInteger("seed", seed, seedRange);
  checkInteger("visitsPerDay", visitsPerDay, { minimum: 50, maximum: 10_000_000 });
  const random = createRandom(seed).split("ads-world");
  const count = campaigns * adsPerCampaign;
  const truth = createTruth({ items: count, users, drift: false, random });
  const all = createCampaigns(visitsPerDay, random.split("campaigns"));
  const campaignOf = (index: number) => all[index % campaigns]!;
  const items = describeItems(truth.items, random.split("catalogue")).map((item, index) => ({
    ...item,
    attributes: { ...item.attributes, campaign: campaignOf(index).campaignId },
  }));
  const places = new Map<ItemId, number>(items.map(({ itemId }, index) => [itemId, index]));
  const visitor = (turn: number) => {
    assertTurn(turn);
    return Math.floor(hashUniform(`${seed}/visitor/${turn}`) * users);
  };
  const chance = (turn: number, index: number) =>
    attraction(truth, truth.phases[0]!, visitor(turn), index);
  const timeOf = (turn: number) => {
    const day = Math.floor(turn / visitsPerDay);
    const share = ((turn % visitsPerDay) + 0.5) / visitsPerDay;
    const time = bisect((x) => trafficBefore(x) < share, 0, 1);
    return Math.floor((day + time) * dayMs) / 1000;
  };
  const placeOf = (itemId: ItemId) => places.get(itemId) ?? Number.NaN;
  const worth = (turn: number, index: number) => chance(turn, index) * campaignOf(index).bid;
  return {
    name: adsScenario,
    items,
    users: Array.from({ length: users }, (_, index) => ({
      userId: userId(`user-${index + 1}`),
      attributes: {},
    })),
    history: [],
    slateSize: 1,
    rewards: { weights: { click: 1 }, minimum: 0, maximum: highestBid },
    campaigns: all,
    visit: (turn) => ({
      userId: userId(`user-${visitor(turn) + 1}`),
      context: {},
      at: timeOf(turn),
    }),
    react: (turn, slate) =>
      slate
        .filter((itemId) => hashUniform(`${seed}/click/${turn}`) < chance(turn, placeOf(itemId)))
        .map((itemId) => ({ itemId, type: "click", value: 1 })),
    expectedReward: (turn, slate) =>
      slate.reduce((sum, itemId) => sum + worth(turn, placeOf(itemId)), 0),
    // As if no budget were exhausted.
    bestSlate: (turn) => {
      const ranked = [...items.keys()].sort((a, b) => worth(turn, b) - worth(turn, a));
      return ranked.slice(0, 1).map((index) => items[index]!.itemId);
    },
  };
}
