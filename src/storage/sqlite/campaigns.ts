import type { Campaign } from "../../domain/campaign.ts";
import type { Revision } from "../../domain/catalogue.ts";
import { EngineError } from "../../domain/errors.ts";
import { type CampaignId, campaignId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import { dayOf, slotOf } from "../../domain/pacing.ts";
import type { CampaignStore } from "../campaign-store.ts";
import { prepareCampaignCheck } from "./campaign-check.ts";
import { prepareFigures } from "./campaign-figures.ts";
import { type CampaignMoments, prepareMoments } from "./campaign-moments.ts";
import { type CampaignPlan, prepareCampaignPlan } from "./campaign-plan.ts";
import { type CampaignStates, decodeCampaign, prepareCampaignStates } from "./campaign-states.ts";
import { type Charges, prepareCharges } from "./charges.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { createRevisionStore, type RevisionTable } from "./revisions.ts";

interface Parts {
  readonly connection: Connection;
  readonly commits: GroupCommit;
  readonly charges: Charges;
  readonly plan: CampaignPlan;
  readonly states: CampaignStates;
}

/** Decisions of another scenario that are on their way could charge it meanwhile. */
function checkScenario({ campaignId: id, scenario }: Campaign, before: Row | undefined): void {
  if (before === undefined || decodeCampaign(before).scenario === scenario) return;
  const message = `campaign '${id}' belongs to scenario '${decodeCampaign(before).scenario}', not to '${scenario}'; give it another id there`;
  throw new EngineError("conflict", message, { details: { campaignId: id, scenario } });
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

const createRevisions = ({ charges, states, ...parts }: Parts) =>
  createRevisionStore({
    ...parts,
    table: campaignTable,
    // In the commit of the revision: a lower budget closes it at once.
    onPut: (campaign, numbers, before, now) => {
      checkScenario(campaign, before);
      charges.lapse(campaign.campaignId, now, numbers);
      states.update(campaign, numbers, { now, isNew: true });
    },
    onDelete: (before, numbers, now) => states.close(decodeCampaign(before), numbers, now),
  });

function createSettle(
  { connection, commits, charges, plan, states }: Parts,
  { campaigns, moments }: CampaignMoments,
): CampaignStore["settle"] {
  const setSlot = connection.prepare("INSERT OR REPLACE INTO auctions VALUES (?, ?)");
  const isNewSlot = (scenario: string, now: number) =>
    slotOf(now) > (charges.slot(scenario) ?? Number.NEGATIVE_INFINITY);
  const isDue = (scenario: string, now: number) =>
    isNewSlot(scenario, now) ||
    moments(scenario).some(
      ({ campaign, isOpen }) => !isOpen && charges.hasLapsed(campaign.campaignId, now),
    );
  const settle = (scenario: string, now: number, numbers: EventNumbers) => {
    const isStep = isNewSlot(scenario, now);
    const curve = isStep ? plan.curveOf(scenario, dayOf(now)) : undefined;
    for (const campaign of campaigns(scenario)) {
      charges.lapse(campaign.campaignId, now, numbers);
      states.update(campaign, numbers, { now, ...(curve && { curve }) });
    }
    if (isStep) setSlot.run(scenario, slotOf(now));
  };
  return async (scenario, now) => {
    if (!isDue(scenario, now)) return;
    // Another process may have done it by then.
    await commits.run((numbers) => isDue(scenario, now) && settle(scenario, now, numbers));
  };
}

export function createCampaignStore(connection: Connection, commits: GroupCommit): CampaignStore {
  const charges = prepareCharges(connection);
  const plan = prepareCampaignPlan(connection);
  const states = prepareCampaignStates(connection, { charges, plan });
  const parts = { connection, commits, charges, plan, states };
  const check = prepareCampaignCheck(connection, states, plan);
  const figuresOf = prepareFigures(connection, parts);
  const listed = prepareMoments(connection, states);
  const revisions = createRevisions(parts);
  const showings = connection.prepare(
    `SELECT ad.value ->> 'campaignId' AS campaign, decided_at FROM decisions, json_each(ads) AS ad
     WHERE user_id = ?1 AND expires_at > ?2 AND decided_at > ?2 AND scenario = ?3 AND sequence <= ?4`,
  );
  return {
    ...revisions,
    asOf: async (scenario, asOf) => listed.moments(scenario, asOf),
    settle: createSettle(parts, listed),
    showings: async ({ userId, scenario, since, asOf }) => {
      const times = new Map<CampaignId, number[]>();
      for (const row of showings.all(userId, since, scenario, asOf)) {
        const id = campaignId(readText(row, "campaign"));
        times.set(id, [...(times.get(id) ?? []), readNumber(row, "decided_at")]);
      }
      return times;
    },
    figures: async ({ scenario, ...span }) =>
      listed.moments(scenario).map((moment) => figuresOf(moment, span)),
    findContradiction: async (id, asOf) => {
      const state = states.find(id, asOf);
      const campaign = await revisions.find(id, state?.sequence ?? asOf);
      return campaign && state && check(campaign, state);
    },
  };
}
