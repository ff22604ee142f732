import type { Campaign, CampaignMoment } from "../../domain/campaign.ts";
import { type CampaignStates, decodeCampaign } from "./campaign-states.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";

const most = Number.MAX_SAFE_INTEGER;

function prepareStatements(connection: Connection) {
  return {
    revised: connection.prepare(
      "SELECT coalesce(max(sequence), 0) AS sequence FROM campaign_revisions WHERE sequence <= ?",
    ),
    stated: connection.prepare(
      `SELECT coalesce(max(sequence), 0) AS sequence FROM campaign_states
       WHERE scenario = ? AND sequence <= ?`,
    ),
    // With max(), SQLite takes the other columns from the row that holds the maximum.
    revisions: connection.prepare(
      `SELECT id, max(sequence), payload FROM campaign_revisions WHERE sequence <= ?
       GROUP BY id ORDER BY id`,
    ),
  };
}

/** Campaigns of a scenario as of an event number; default: now. */
export interface CampaignMoments {
  campaigns(scenario: string, asOf?: number): readonly Campaign[];
  moments(scenario: string, asOf?: number): readonly CampaignMoment[];
}

/** The last answer, by its key; of committed rows alone. */
function keepLast<T>(connection: Connection): (key: string, make: () => T) => T {
  let kept: { readonly key: string; readonly value: T } | undefined;
  return (key, make) => {
    if (connection.inTransaction) return make();
    if (kept?.key !== key) kept = { key, value: make() };
    return kept.value;
  };
}

/** Campaigns and their states as of an event number, read again only if one of them is new. */
export function prepareMoments(connection: Connection, states: CampaignStates): CampaignMoments {
  const statements = prepareStatements(connection);
  const keptCampaigns = keepLast<readonly Campaign[]>(connection);
  const keptMoments = keepLast<readonly CampaignMoment[]>(connection);
  const campaigns = (scenario: string, asOf = most) => {
    const revised = readNumber(statements.revised.get(asOf) ?? {}, "sequence");
    return keptCampaigns(`${revised} ${scenario}`, () =>
      statements.revisions
        .all(asOf)
        .flatMap((row) => (row.payload === null ? [] : [decodeCampaign(row)]))
        .filter((campaign) => campaign.scenario === scenario),
    );
  };
  const momentOf = (campaign: Campaign, asOf: number): CampaignMoment => {
    const state = states.find(campaign.campaignId, asOf);
    const { sequence: since = 0, isOpen = false, factor = 1 } = state ?? {};
    return { campaign, since, isOpen, factor };
  };
  const moments = (scenario: string, asOf = most) => {
    const all = campaigns(scenario, asOf);
    const revised = readNumber(statements.revised.get(asOf) ?? {}, "sequence");
    const stated = readNumber(statements.stated.get(scenario, asOf) ?? {}, "sequence");
    const key = `${revised} ${stated} ${scenario}`;
    return keptMoments(key, () => all.map((campaign) => momentOf(campaign, asOf)));
  };
  return { campaigns, moments };
}
