import type { CampaignInput } from "../../src/engine/input/input.ts";
import { openAuditedShop } from "./audited-shop.ts";
import { sampleItem } from "./sample.ts";
import type { ShopOptions } from "./shop.ts";

export const adsScenario = {
  slateSize: 1,
  ads: { outcomes: ["click", "buy"] },
  reward: { weights: { click: 1, buy: 4 }, windowSeconds: 60, graceSeconds: 0, maximum: 5 },
};

export const sampleCampaign = (
  campaignId: string,
  overrides: Partial<CampaignInput> = {},
): CampaignInput => ({ campaignId, scenario: "shop", pays: "click", bid: 1, ...overrides });

/** The shop with ads, an item for each campaign that is named like it, and the audit. */
export async function openAds(campaigns: readonly CampaignInput[], options: ShopOptions = {}) {
  const { scenario, ...rest } = options;
  const shop = await openAuditedShop({
    ...rest,
    scenario: { ...adsScenario, ...scenario },
    items: 0,
  });
  await shop.engine.putCampaigns(campaigns);
  await shop.engine.putItems(
    campaigns.map(({ campaignId }) =>
      sampleItem(`ad-${campaignId}`, { attributes: { campaign: campaignId } }),
    ),
  );
  return shop;
}
