import type { Campaign, CampaignMoment } from "../../domain/campaign.ts";
import type { Revision } from "../../domain/catalogue.ts";
import { EngineError } from "../../domain/errors.ts";
import { type CampaignId, campaignId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import { dayMs, dayOf, slotOf } from "../../domain/pacing.ts";
import type { CampaignFigures, CampaignStore } from "../store.ts";
import { prepareCampaignCheck } from "./campaign-check.ts";
import { decodeCampaign, decodeState, prepareCampaignStates } from "./campaign-states.ts";
import { prepareCharges } from "./charges.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { createRevisionStore, type RevisionTable } from "./revisions.ts";

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
    setSlot: connection.prepare("INSERT OR REPLACE INTO auctions VALUES (?, ?)"),
    showings: connection.prepare(
      `SELECT ad.value ->> 'campaignId' AS campaign, decided_at FROM decisions, json_each(ads) AS ad
       WHERE user_id = ?1 AND expires_at > ?2 AND decided_at > ?2 AND scenario = ?3 AND sequence <= ?4`,
    ),
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

/** Decisions of another scenario that are on their way could charge it meanwhile. */
function checkScenario({ campaignId: id, scenario }: Campaign, before: Row | undefined): void {
  if (before === undefined || decodeCampaign(before).scenario === scenario) return;
  const message = `campaign '${id}' belongs to scenario '${decodeCampaign(before).scenario}', not to '${scenario}'; give it another id there`;
  throw new EngineError("conflict", message, { details: { campaignId: id, scenario } });
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
function createMoments(connection: Connection, states: ReturnType<typeof prepareCampaignStates>) {
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

const campaignTable: RevisionTable<Campaign, CampaignId> = {
  name: "campaign_revisions",
  isTimed: true,
  idOf: (campaign) => campaign.campaignId,
  encode: ({ campaignId: _, ...fields }) => fields as unknown as JsonObject,
  decode: (row): Revision<Campaign> => ({
    ...decodeCampaign(row),
    sequence: readNumber(row, "sequence"),
  }),
};

export function createCampaignStore(connection: Connection, commits: GroupCommit): CampaignStore {
  const statements = prepareStatements(connection);
  const charges = prepareCharges(connection);
  const states = prepareCampaignStates(connection, charges);
  const check = prepareCampaignCheck(connection, states);
  const { campaigns, moments } = createMoments(connection, states);
  const revisions = createRevisionStore({
    ...{ connection, commits, table: campaignTable },
    // In the commit of the revision: a lower budget closes it at once.
    onPut: (campaign, numbers, before, now) => {
      checkScenario(campaign, before);
      charges.lapse(campaign.campaignId, now, numbers);
      states.update(campaign, numbers, { now, isNew: true });
    },
    onDelete: (before, numbers, now) => states.close(decodeCampaign(before), numbers, now),
  });

  const isNewSlot = (scenario: string, now: number) =>
    slotOf(now) > (charges.slot(scenario) ?? Number.NEGATIVE_INFINITY);
  const isDue = (scenario: string, now: number) =>
    isNewSlot(scenario, now) ||
    moments(scenario).some(
      ({ campaign, isOpen }) => !isOpen && charges.hasLapsed(campaign.campaignId, now),
    );

  function settle(scenario: string, now: number, numbers: EventNumbers): void {
    const isStep = isNewSlot(scenario, now);
    const curve = isStep ? states.curveOf(scenario, dayOf(now)) : undefined;
    for (const campaign of campaigns(scenario)) {
      charges.lapse(campaign.campaignId, now, numbers);
      states.update(campaign, numbers, { now, ...(curve && { curve }) });
    }
    if (isStep) statements.setSlot.run(scenario, slotOf(now));
  }

  /** Decisions of the scenario between the states that opened a campaign and those that closed it. */
  function opportunities({ campaignId: id, scenario }: Campaign, from: number, to: number): number {
    let count = 0;
    let opened: number | undefined;
    const end = (sequence: number) => {
      const span = [opened ?? sequence, sequence, from * dayMs, (to + 1) * dayMs] as const;
      if (opened !== undefined)
        count += readNumber(statements.decisions.get(scenario, ...span) ?? {}, "decisions");
      opened = undefined;
    };
    for (const { sequence, isOpen } of statements.states
      .all(id, (to + 1) * dayMs)
      .map(decodeState)) {
      if (isOpen) opened ??= sequence;
      else end(sequence);
    }
    end(most);
    return count;
  }

  function figuresOf(
    moment: CampaignMoment,
    span: { from: number; to: number; now: number },
  ): CampaignFigures {
    const { campaign } = moment;
    const { campaignId: id, scenario, budget } = campaign;
    const { from, to, now } = span;
    const { lapsed: _, ...sums } = charges.sums(id, from, to);
    const { lapsed: __, ...today } = charges.sums(id, to, to);
    const rows = statements.outcomes.all(id, from, to);
    const time = Math.min(now, (to + 1) * dayMs - 1);
    const { done } = states.plan(campaign, time, states.curveOf(scenario, to));
    return {
      ...moment,
      ...sums,
      today,
      outcomes: Object.fromEntries(
        rows.map((row) => [readText(row, "event_type"), readNumber(row, "events")]),
      ),
      opportunities: opportunities(campaign, from, to),
      ...(budget?.day !== undefined && { planned: done * budget.day }),
    };
  }

  return {
    ...revisions,
    asOf: async (scenario, asOf) => moments(scenario, asOf),
    settle: async (scenario, now) => {
      if (!isDue(scenario, now)) return;
      // Another process may have done it by then.
      await commits.run((numbers) => isDue(scenario, now) && settle(scenario, now, numbers));
    },
    showings: async ({ userId, scenario, since, asOf }) => {
      const times = new Map<CampaignId, number[]>();
      for (const row of statements.showings.all(userId, since, scenario, asOf)) {
        const id = campaignId(readText(row, "campaign"));
        times.set(id, [...(times.get(id) ?? []), readNumber(row, "decided_at")]);
      }
      return times;
    },
    figures: async ({ scenario, ...span }) =>
      moments(scenario).map((moment) => figuresOf(moment, span)),
    findContradiction: async (id, asOf) => {
      const state = states.find(id, asOf);
      const campaign = await revisions.find(id, state?.sequence ?? asOf);
      return campaign && state && check(campaign, state);
    },
  };
}
