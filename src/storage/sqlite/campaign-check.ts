import type { Campaign } from "../../domain/campaign.ts";
import { dayOf, pace, unpaced } from "../../domain/pacing.ts";
import type { CampaignPlan } from "./campaign-plan.ts";
import type { CampaignState, CampaignStates } from "./campaign-states.ts";
import { hasRoom } from "./charges.ts";
import { readNumber } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";

/** Sums of money in another order. */
const tolerance = 1e-6;

const differs = (left: number, right: number) => Math.abs(left - right) > tolerance;

/**
 * Derives states of campaigns again, from the charges as they were when the state was written. The sums beside them are not asked.
 * @returns reasons why a state is another, undefined if it is not
 */
export function prepareCampaignCheck(
  connection: Connection,
  states: CampaignStates,
  plan: CampaignPlan,
): (campaign: Campaign, state: CampaignState) => string | undefined {
  // Paid charges count for ever, others until they lapsed.
  const used = `total(CASE WHEN settled < ?2 AND is_paid = 0 THEN 0 ELSE amount END)`;
  const sums = connection.prepare(
    `SELECT ${used} AS total, total(CASE WHEN settled < ?2 AND is_paid = 1 THEN amount END) AS paid,
       total(CASE WHEN settled < ?2 AND is_paid = 0 THEN amount END) AS lapsed
     FROM charges WHERE campaign = ?1 AND decision_sequence < ?2 AND day >= ?3 AND day <= ?4`,
  );
  const read = (row: Row = {}) => ({
    used: readNumber(row, "total"),
    paid: readNumber(row, "paid"),
    lapsed: readNumber(row, "lapsed"),
  });

  function derivePacing(campaign: Campaign, state: CampaignState, before: CampaignState) {
    const budget = campaign.budget?.day;
    if (budget === undefined) return unpaced;
    const day = dayOf(state.at);
    const today = read(sums.get(campaign.campaignId, state.sequence, day, day));
    const ever = read(sums.get(campaign.campaignId, state.sequence, 0, day));
    const settled = ever.paid + ever.lapsed;
    const outstanding = today.used - today.paid;
    const spent = settled > 0 ? today.paid + (outstanding * ever.paid) / settled : today.paid;
    const curve = plan.curveOf(campaign.scenario, day);
    const { done, step } = plan.shareOf(campaign, state.at, curve);
    return pace(before, spent / budget - done, step);
  }

  return (campaign, state) => {
    const { campaignId, budget = {}, bid } = campaign;
    const { sequence, at, factor, integral } = state;
    const today = read(sums.get(campaignId, sequence, dayOf(at), dayOf(at)));
    const ever = read(sums.get(campaignId, sequence, 0, dayOf(at)));
    const isOpen = hasRoom(budget, bid, { day: today.used, total: ever.used });
    const about = `the state of campaign '${campaignId}' at event number ${sequence}`;
    if (isOpen !== state.isOpen) return `${about} is ${isOpen ? "open" : "closed"} by its charges`;
    const before = states.find(campaignId, sequence - 1);
    if (before === undefined) return undefined;
    if (factor === before.factor && integral === before.integral) return undefined;
    const derived = derivePacing(campaign, state, before);
    if (!differs(derived.factor, factor) && !differs(derived.integral, integral)) return undefined;
    return `${about} has the factor ${derived.factor.toPrecision(6)} by its charges, not ${factor.toPrecision(6)}`;
  };
}
