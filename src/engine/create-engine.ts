import type { Feedback } from "../domain/decision.ts";
import type { Assignment, PromotionMode } from "../domain/policy-snapshot.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { RewardBucket, Store } from "../storage/store.ts";
import { createCatalogue } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import type { DecisionView, Engine, Health, RewardPoint } from "./engine.ts";
import { createFastLoops, type FastLoops } from "./fast-loop/serving-loops.ts";
import { intervene } from "./interventions/intervene.ts";
import { parseIntervention } from "./interventions/parse-input.ts";
import { rollBack } from "./interventions/roll-back.ts";
import { assignedVersions, listPolicies } from "./list-policies.ts";
import { findLearnerProblem, readFigures, readLearnerHealth } from "./liveness.ts";
import { ensurePolicies } from "./promote.ts";
import { readUser } from "./read-state.ts";
import { findScenario, recommend } from "./recommend.ts";
import { record } from "./record.ts";
import { createServingPolicies, type ServingPolicies } from "./serving-policies.ts";
import { openTextFeatures } from "./text/text-features.ts";

export interface EngineOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Where the seeds of decisions come from, unless a request brings its own. */
  readonly random: RandomStream;
  /** A fresh decision id at each call. */
  readonly createId: () => string;
  /** Where policies come from, if not from the store's snapshots. */
  readonly policies?: ServingPolicies;
  /** A learner runs beside this engine, so that `health` reports one that is missing. Default false. */
  readonly expectsLearner?: boolean;
}

async function viewDecision(store: Store, feedback: Feedback): Promise<DecisionView> {
  const { userId, asOf } = feedback.decision;
  return { feedback, profile: await readUser(store, userId, asOf) };
}

const toPoint = ({ rewardSum, ...bucket }: RewardBucket): RewardPoint => ({
  ...bucket,
  meanReward: rewardSum / bucket.decisions,
});

/** The serving half of the loop over a store. Closing it leaves the store open: who opened it closes it. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { store, configuration } = options;
  const startedAt = options.clock();
  // Nothing starts with a model that can't be used.
  if (configuration.text) await openTextFeatures(configuration.text);
  const catalogue = createCatalogue(store.items, configuration.text);
  // No request waits for the whole catalogue to be read and its texts to be embedded.
  await catalogue.refresh(await store.sequence());
  const policies = options.policies ?? createServingPolicies(store.policies);
  await ensurePolicies(store, configuration, options.clock());
  const fastLoops = createFastLoops(options);
  const parts = { ...options, catalogue, policies, fastLoops };
  const named = (scenario: string) => findScenario(configuration, scenario);
  const scene = (scenario: string) => {
    return { store, scenario: named(scenario).name, now: options.clock() };
  };

  return {
    scenarios: configuration.scenarios,
    recommend: (input) => recommend(parts, input),
    record: (events) => record(parts, events),

    putItems: (items) => store.items.put(items),
    findItem: (itemId) => store.items.find(itemId),
    deleteItem: (itemId) => store.items.delete(itemId),
    listItems: (page) => store.items.list(page),
    putUsers: (users) => store.users.put(users),
    findUser: (userId) => store.users.find(userId),
    deleteUser: (userId) => store.users.delete(userId),
    listUsers: (page) => store.users.list(page),

    policies: async ({ scenario, limit }) =>
      listPolicies(store, { scenario: named(scenario).name, limit }),
    rollBack: async (scenario, note) => rollBack(scene(scenario), note),
    intervene: async (input) => {
      const parsed = parseIntervention(input);
      return intervene(scene(parsed.scenario), parsed);
    },
    interventions: async (page) => {
      if (page.scenario !== undefined) named(page.scenario);
      return store.interventions.list(page);
    },
    cycles: async (page) => {
      if (page.scenario !== undefined) named(page.scenario);
      return store.cycles.list(page);
    },
    findCycle: (cycle) => store.cycles.find(cycle),
    findDecision: async (decisionId) => {
      const feedback = await store.decisions.find(decisionId);
      return feedback && viewDecision(store, feedback);
    },
    countDecisions: async (scenario) => store.decisions.count({ scenario: named(scenario).name }),
    rewardSeries: async (span) => {
      const { reward: rule } = named(span.scenario);
      const closedBefore = options.clock();
      const buckets = await store.decisions.rewardBuckets({ ...span, closedBefore, rule });
      return buckets.map(toPoint);
    },
    health: () => health({ ...parts, startedAt }),
    figures: () => readFigures(options),
    idle: () => fastLoops.idle(),
    close: async () => {
      await fastLoops.close();
      await policies.close();
    },
  };
}

interface HealthParts
  extends Pick<EngineOptions, "store" | "configuration" | "clock" | "expectsLearner"> {
  readonly startedAt: number;
  readonly policies: ServingPolicies;
  readonly fastLoops: FastLoops;
}

/** Of the policies that answer now: a version that was replaced is no problem any more. */
function policyProblems(policies: ServingPolicies, assignment: Assignment): string[] {
  return assignedVersions(assignment).flatMap((version) => policies.problem(version) ?? []);
}

async function health(parts: HealthParts): Promise<Health> {
  const { store, configuration, policies, fastLoops } = parts;
  const policyVersions: Record<string, number> = {};
  const promotions: Record<string, PromotionMode> = {};
  const problems = [...fastLoops.problems()];
  for (const { name } of configuration.scenarios) {
    const assignment = await store.policies.assignment(name);
    if (assignment.serving !== undefined) policyVersions[name] = assignment.serving;
    promotions[name] = assignment.mode ?? "automatic";
    problems.push(...policyProblems(policies, assignment));
    const [last] = await store.cycles.list({ scenario: name, limit: 1 });
    if (last?.outcome === "failed") problems.push(`last cycle of ${name} failed: ${last.reason}`);
    if (last?.outcome === "skipped") problems.push(`last cycle of ${name} skipped: ${last.reason}`);
  }
  const learner = await readLearnerHealth(parts);
  const missing = findLearnerProblem(learner, parts.clock() - parts.startedAt);
  if (parts.expectsLearner && missing !== undefined) problems.push(missing);
  return { policyVersions, promotions, problems, learner };
}
