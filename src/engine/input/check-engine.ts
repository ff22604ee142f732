import type { Engine } from "../engine.ts";
import { name, storeNumber } from "./fields.ts";
import { createArgument, parseInput } from "./parse-input.ts";
import { batch } from "./schemas/batch.ts";
import { campaignInput, campaignReportInput } from "./schemas/campaigns.ts";
import { edgeInput, edgesInput } from "./schemas/edges.ts";
import { eventInput } from "./schemas/events.ts";
import { interventionInput, rollBackInput } from "./schemas/interventions.ts";
import { itemInput } from "./schemas/items.ts";
import {
  activityInput,
  decisionsInput,
  pageInput,
  rewardSeriesInput,
  scenarioPageInput,
} from "./schemas/reads.ts";
import { recommendBatchInput, recommendInput } from "./schemas/recommend.ts";
import { userInput } from "./schemas/users.ts";

const items = createArgument("items", batch(itemInput));
const users = createArgument("users", batch(userInput));
const campaigns = createArgument("campaigns", batch(campaignInput));
const edges = createArgument("edges", batch(edgeInput));
const edge = createArgument("edge", edgeInput);
const events = createArgument("events", batch(eventInput));
const itemId = createArgument("itemId", name);
const campaignId = createArgument("campaignId", name);
const userId = createArgument("userId", name);
const decisionId = createArgument("decisionId", name);
const cycle = createArgument("cycle", storeNumber);
const scenario = createArgument("scenario", name);
const key = createArgument("key", name.optional());

const uncheckedOf = new WeakMap<Engine, Engine>();

/**
 * The same engine for unchecked callers: it refuses the input that the HTTP edge refuses, and
 * changes nothing.
 */
export function checkEngine(engine: Engine): Engine {
  const checked: Engine = {
    scenarios: engine.scenarios,
    recommend: async (input) => engine.recommend(parseInput(recommendInput, input)),
    recommendBatch: async (input) => engine.recommendBatch(parseInput(recommendBatchInput, input)),
    activateDecision: async (id) => engine.activateDecision(decisionId(id)),
    record: async (rows) => engine.record(events(rows)),

    putItems: async (rows) => engine.putItems(items(rows)),
    findItem: async (id) => engine.findItem(itemId(id)),
    deleteItem: async (id) => engine.deleteItem(itemId(id)),
    listItems: async (page = {}) => engine.listItems(parseInput(pageInput, page)),
    putUsers: async (rows) => engine.putUsers(users(rows)),
    findUser: async (id) => engine.findUser(userId(id)),
    deleteUser: async (id, key) => engine.deleteUser(userId(id), key),
    listUsers: async (page = {}) => engine.listUsers(parseInput(pageInput, page)),

    putCampaigns: async (rows) => engine.putCampaigns(campaigns(rows)),
    findCampaign: async (id) => engine.findCampaign(campaignId(id)),
    deleteCampaign: async (id) => engine.deleteCampaign(campaignId(id)),
    listCampaigns: async (page = {}) => engine.listCampaigns(parseInput(pageInput, page)),
    reportCampaigns: async (span = {}) =>
      engine.reportCampaigns(parseInput(campaignReportInput, span)),
    putEdges: async (rows) => engine.putEdges(edges(rows)),
    deleteEdge: async (one) => engine.deleteEdge(edge(one)),
    listEdges: async (id, page = {}) => engine.listEdges(userId(id), parseInput(edgesInput, page)),

    policies: async (page = {}) => engine.policies(parseInput(scenarioPageInput, page)),
    rollBack: async (one, input = {}, by) =>
      engine.rollBack(scenario(one), parseInput(rollBackInput, input), key(by)),
    intervene: async (input, by) => engine.intervene(parseInput(interventionInput, input), key(by)),
    interventions: async (page = {}) => engine.interventions(parseInput(scenarioPageInput, page)),
    cycles: async (page = {}) => engine.cycles(parseInput(scenarioPageInput, page)),
    findCycle: async (number) => engine.findCycle(cycle(number)),
    findDecision: async (id) => engine.findDecision(decisionId(id)),
    listDecisions: async (query = {}) => engine.listDecisions(parseInput(decisionsInput, query)),
    explainDecision: async (id) => engine.explainDecision(decisionId(id)),
    countDecisions: async (one) =>
      engine.countDecisions(one === undefined ? undefined : scenario(one)),
    rewardSeries: async (span = {}) => engine.rewardSeries(parseInput(rewardSeriesInput, span)),
    health: () => engine.health(),
    activity: async (span = {}) => engine.activity(parseInput(activityInput, span)),
    figures: () => engine.figures(),
    idle: () => engine.idle(),
    close: () => engine.close(),
  };
  uncheckedOf.set(checked, engine);
  return checked;
}

/** For callers whose input has passed the same schemas, or is their own. Another engine stays as it is. */
export const withoutChecks = (engine: Engine): Engine => uncheckedOf.get(engine) ?? engine;
