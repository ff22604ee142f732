import type { Campaign, CampaignMoment } from "../../domain/campaign.ts";
import { dayMs } from "../../domain/durations.ts";
import type { CampaignFigures } from "../campaign-store.ts";
import type { CampaignPlan } from "./campaign-plan.ts";
import { decodeState } from "./campaign-states.ts";
import type { Charges } from "./charges.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";

const most = Number.MAX_SAFE_INTEGER;

/** Days since 1970, both included, and the time of the question. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

function prepareStatements(connection: Connection) {
  return {
    outcomes: connection.prepare(
      `SELECT event_type, count(*) AS events FROM charges
       JOIN rewards USING (decision_sequence, position)
       WHERE campaign = ? AND day >= ? AND day <= ? GROUP BY event_type ORDER BY event_type`,
    ),
    states: connection.prepare(
      "SELECT * FROM campaign_states WHERE campaign = ? AND at < ? ORDER BY sequence",
    ),
    decisions: connection.prepare(
      `SELECT count(*) AS decisions FROM decisions
       WHERE scenario = ? AND sequence > ? AND sequence <= ? AND decided_at >= ? AND decided_at < ?`,
    ),
  };
}

/** Decisions of the scenario between the states that opened a campaign and those that closed it. */
function countOpportunities(
  { states, decisions }: ReturnType<typeof prepareStatements>,
  { campaignId, scenario }: Campaign,
  { from, to }: Span,
): number {
  let count = 0;
  let opened: number | undefined;
  const end = (sequence: number) => {
    const span = [opened ?? sequence, sequence, from * dayMs, (to + 1) * dayMs] as const;
    if (opened !== undefined)
      count += readNumber(decisions.get(scenario, ...span) ?? {}, "decisions");
    opened = undefined;
  };
  for (const { sequence, isOpen } of states.all(campaignId, (to + 1) * dayMs).map(decodeState)) {
    if (isOpen) opened ??= sequence;
    else end(sequence);
  }
  end(most);
  return count;
}

/** Figures of a campaign over some days. */
export function prepareFigures(
  connection: Connection,
  { charges, plan }: { readonly charges: Charges; readonly plan: CampaignPlan },
): (moment: CampaignMoment, span: Span) => CampaignFigures {
  const statements = prepareStatements(connection);
  return (moment, span) => {
    const { campaign } = moment;
    const { campaignId, scenario, budget } = campaign;
    const { from, to, now } = span;
    const rows = statements.outcomes.all(campaignId, from, to);
    const time = Math.min(now, (to + 1) * dayMs - 1);
    const { done } = plan.shareOf(campaign, time, plan.curveOf(scenario, to));
    return {
      ...moment,
      ...charges.sums(campaignId, from, to),
      today: charges.sums(campaignId, to, to),
      outcomes: Object.fromEntries(
        rows.map((row) => [readText(row, "event_type"), readNumber(row, "events")]),
      ),
      opportunities: countOpportunities(statements, campaign, span),
      ...(budget?.day !== undefined && { planned: done * budget.day }),
    };
  };
}
