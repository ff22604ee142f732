import type { Feedback } from "../domain/decision.ts";
import { EngineError } from "../domain/errors.ts";
import { campaignId, decisionId, isName, itemId, userId } from "../domain/ids.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Store } from "../storage/store.ts";
import type { DecisionView } from "./calls/decision-calls.ts";
import { checkCampaigns } from "./campaigns/check-campaign.ts";
import { reportCampaigns } from "./campaigns/report.ts";
import type { Configuration } from "./configuration/configuration.ts";
import { findScenario } from "./configuration/find-scenario.ts";
import type { Engine } from "./engine.ts";
import { createExplainer } from "./explanation/create-explainer.ts";
import { checkEngine } from "./input/check-engine.ts";
import { aConfiguration, aFunction, aStore, checkOptions, madeBy } from "./input/check-options.ts";
import { completeCampaign, completeEdge, completeItem, completeUser } from "./input/complete.ts";
import { defaultLimit } from "./input/fields.ts";
import type { PageInput } from "./input/input.ts";
import { intervene } from "./interventions/intervene.ts";
import { rollBack } from "./interventions/roll-back.ts";
import { ensurePolicies } from "./learner/promote.ts";
import { createTranslator } from "./privacy/as-sent.ts";
import { authorPaths } from "./privacy/authors.ts";
import { eraseUser } from "./privacy/erase-user.ts";
import { pseudonymousEngine } from "./privacy/pseudonymous-engine.ts";
import { openPseudonyms } from "./privacy/pseudonyms.ts";
import { visibleRecord } from "./privacy/visible-record.ts";
import { activateDecision } from "./serving/activate.ts";
import { createFastLoops } from "./serving/fast-loop/serving-loops.ts";
import { startPreparing } from "./serving/prepare-behind.ts";
import { recommend, recommendBatch } from "./serving/recommend-batch.ts";
import type { RecommendParts } from "./serving/recommend-parts.ts";
import { record } from "./serving/record.ts";
import { createServingPolicies, type ServingPolicies } from "./serving/serving-policies.ts";
import { checkEdges } from "./social/check-edges.ts";
import { createCatalogue } from "./state/catalogue.ts";
import { readUser } from "./state/read-state.ts";
import { openTextFeatures } from "./state/text/text-features.ts";
import { readActivity } from "./views/activity.ts";
import { namedRows, readHealth } from "./views/health.ts";
import { listDecisions } from "./views/list-decisions.ts";
import { listPolicies } from "./views/list-policies.ts";
import { readFigures } from "./views/liveness.ts";
import { rewardSeries } from "./views/reward-series.ts";
import { addWires } from "./wires.ts";

/** Parts of an engine: store, configuration, time, randomness and ids. */
export interface EngineOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Source of decisions' seeds, unless a request has its own. */
  readonly random: RandomStream;
  /** A fresh decision id at each call. */
  readonly createId: () => string;
  /** Source of policies. Default: the store's snapshots. */
  readonly policies?: ServingPolicies;
  /** A learner runs beside this engine, so that `health` reports a missing one. Default false. */
  readonly expectsLearner?: boolean;
  /**
   * Makes policies ready before requests need them: at the start those that answer, later those that a learner
   * is about to promote. Default false.
   */
  readonly preparesPolicies?: boolean;
}

const optionChecks = {
  store: aStore,
  configuration: aConfiguration,
  clock: aFunction,
  random: madeBy("createRandom", "integer", "split"),
  createId: aFunction,
};

/** An id that no event could name would be found out too late. */
const checkedIds = (createId: () => string) => () => {
  const id: unknown = createId();
  if (typeof id === "string" && isName(id)) return id;
  const message = `createId returned ${JSON.stringify(id)}: return a new text of 1 to 256 characters`;
  throw new EngineError("invalid_request", message, { details: { field: "createId" } });
};

async function viewDecision(store: Store, feedback: Feedback): Promise<DecisionView> {
  const { userId: user, asOf } = feedback.decision;
  const { seen } = await visibleRecord(store, feedback.decision);
  return { feedback, profile: await readUser(seen, user, asOf) };
}

/** The rows of items, users and edges. */
function createRows({ items, users, edges }: Store, clock: () => number) {
  const from = <Id>({ after, limit = defaultLimit }: PageInput, toId: (text: string) => Id) =>
    after === undefined ? { limit } : { after: toId(after), limit };
  return {
    putItems: (rows) => items.put(rows.map(completeItem), clock()),
    findItem: (id) => items.find(itemId(id)),
    deleteItem: (id) => items.delete(itemId(id), clock()),
    listItems: (page = {}) => items.list(from(page, itemId)),
    putUsers: (rows) => users.put(rows.map(completeUser)),
    findUser: (id) => users.find(userId(id)),
    listUsers: (page = {}) => users.list(from(page, userId)),
    putEdges: async (rows) => {
      const written = rows.map(completeEdge);
      await checkEdges(users, written);
      return edges.put(written);
    },
    deleteEdge: (one) => edges.delete(completeEdge(one)),
    listEdges: (id, { limit = defaultLimit } = {}) => edges.of(userId(id), { limit }),
  } satisfies Partial<Engine>;
}

/** The rows of campaigns, and their report. */
function createCampaigns({ store, configuration, clock }: RecommendParts) {
  const { campaigns } = store;
  const { scenarios } = configuration;
  const named = (scenario: string | undefined) =>
    findScenario(configuration, scenario ?? scenarios.find(({ ads }) => ads)?.name).name;
  return {
    putCampaigns: async (rows) => {
      const completed = rows.map(completeCampaign);
      checkCampaigns(scenarios, completed);
      return campaigns.put(completed, clock());
    },
    findCampaign: (id) => campaigns.find(campaignId(id)),
    deleteCampaign: (id) => campaigns.delete(campaignId(id), clock()),
    listCampaigns: ({ after, limit = defaultLimit } = {}) =>
      campaigns.list({ ...(after !== undefined && { after: campaignId(after) }), limit }),
    reportCampaigns: ({ scenario, ...days } = {}) =>
      reportCampaigns(store, clock(), { scenario: named(scenario), ...days }),
  } satisfies Partial<Engine>;
}

/** Decisions and learning. */
function createViews(parts: RecommendParts) {
  const { store, configuration } = parts;
  const named = (scenario?: string) => findScenario(configuration, scenario).name;
  const scene = (scenario: string, key?: string) => ({
    store,
    scenario: named(scenario),
    now: parts.clock(),
    ...(key !== undefined && { key }),
  });
  return {
    policies: async ({ scenario, limit = defaultLimit } = {}) =>
      listPolicies(store, { scenario: named(scenario), limit }),
    rollBack: async (scenario, input, key) => rollBack(scene(scenario, key), input),
    intervene: async (input, key) => intervene(scene(input.scenario, key), input),
    interventions: async ({ scenario, limit = defaultLimit } = {}) =>
      store.interventions.list(
        scenario === undefined ? { limit } : { scenario: named(scenario), limit },
      ),
    cycles: async ({ scenario, limit = defaultLimit } = {}) =>
      store.cycles.list(scenario === undefined ? { limit } : { scenario: named(scenario), limit }),
    findCycle: (cycle) => store.cycles.find(cycle),
    findDecision: async (id) => {
      const feedback = await store.decisions.find(decisionId(id));
      return feedback && viewDecision(store, feedback);
    },
    listDecisions: async (query = {}) => listDecisions(parts, { limit: defaultLimit, ...query }),
    countDecisions: async (scenario) => store.decisions.count({ scenario: named(scenario) }),
    rewardSeries: (span = {}) => rewardSeries(parts, span),
    activity: (span = {}) => readActivity(parts, span),
  } satisfies Partial<Engine>;
}

/** All users are looked through once; again only while some of them are damaged. */
async function watchDamagedUsers({ users }: Store) {
  let found = await users.damaged(namedRows);
  return async () => {
    if (found.count > 0) found = await users.damaged(namedRows);
    return found;
  };
}

/**
 * The serving half of the loop over a store. Closing it leaves the store open: its opener closes
 * it.
 * @throws invalid_request if an option is unknown, of the wrong type or out of range;
 * invalid_configuration if a pseudonym key is missing, or another one than the record's
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  checkOptions(options, optionChecks);
  const { store, configuration } = options;
  const startedAt = options.clock();
  const pseudonyms = await openPseudonyms(store, configuration, startedAt);
  const translator = pseudonyms && createTranslator(pseudonyms);
  // Nothing starts with a model that can't be used.
  if (configuration.text) await openTextFeatures(configuration.text);
  const catalogue = createCatalogue(store.items, configuration);
  // No request waits for the whole catalogue to be read and its texts to be embedded.
  await catalogue.refresh(await store.sequence());
  const served = createServingPolicies(store.policies);
  await ensurePolicies({ store, configuration, now: options.clock() });
  const fastLoops = createFastLoops(options);
  const findDamagedUsers = await watchDamagedUsers(store);
  const createId = checkedIds(options.createId);
  const explainer = createExplainer(store, configuration);
  const parts = {
    ...options,
    startedAt,
    createId,
    catalogue,
    policies: options.policies ?? served,
    fastLoops,
    findDamagedUsers,
  };
  const preparation = options.preparesPolicies ? await startPreparing(parts, served) : undefined;
  const engine: Engine = {
    scenarios: configuration.scenarios,
    recommend: (input) => recommend(parts, input),
    recommendBatch: (input) => recommendBatch(parts, input),
    activateDecision: (id) => activateDecision(parts, decisionId(id)),
    record: (events) => record(parts, events),
    ...createRows(store, options.clock),
    deleteUser: (id, key) =>
      eraseUser({ ...options, ...(key !== undefined && { who: { key } }) }, userId(id)),
    ...createCampaigns(parts),
    ...createViews(parts),
    explainDecision: (id) => explainer.explain(id),
    health: () => readHealth(parts),
    figures: () => readFigures(parts),
    idle: () => fastLoops.idle(),
    close: async () => {
      await preparation?.stop();
      await fastLoops.close();
      await explainer.close();
      await parts.policies.close();
    },
  };
  const authors = authorPaths(configuration.scenarios);
  const { users } = store;
  const asSent = translator ? pseudonymousEngine(engine, translator, { authors, users }) : engine;
  return addWires(checkEngine(asSent), parts, translator);
}
