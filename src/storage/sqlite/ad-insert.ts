import { impression, worthOf } from "../../domain/campaign.ts";
import type { Decision } from "../../domain/decision.ts";
import { prepareCampaignPlan } from "./campaign-plan.ts";
import { decodeCampaign, prepareCampaignStates } from "./campaign-states.ts";
import { prepareCharges } from "./charges.ts";
import type { Connection } from "./connection.ts";
import type { EventNumbers } from "./group-commit.ts";
import { prepareRewards } from "./rewards.ts";

/** The ads of a decision, inside its write transaction. */
export interface AdInsert {
  /** @throws CampaignClosed, before anything is written */
  checkOpen(decision: Decision): void;
  /** Reserves the prices, and closes the campaigns that have no room for another one. */
  insert(decision: Decision, sequence: number, numbers: EventNumbers): void;
}

export function prepareAdInsert(connection: Connection): AdInsert {
  const charges = prepareCharges(connection);
  const plan = prepareCampaignPlan(connection);
  const states = prepareCampaignStates(connection, { charges, plan });
  const addReward = prepareRewards(connection);
  const find = connection.prepare(
    "SELECT id, payload FROM campaign_revisions WHERE id = ? ORDER BY sequence DESC LIMIT 1",
  );
  return {
    checkOpen: charges.checkOpen,
    insert: (decision, sequence, numbers) => {
      const { ads = [], decidedAt: now } = decision;
      for (const { campaignId } of ads) charges.lapse(campaignId, now, numbers);
      charges.charge(decision, sequence);
      for (const [position, ad] of ads.entries()) {
        if (ad.pays === impression)
          addReward(sequence, impression, { position, value: worthOf(ad), repeats: "last" });
        const row = find.get(ad.campaignId);
        if (row && row.payload !== null) states.update(decodeCampaign(row), numbers, { now });
      }
    },
  };
}
