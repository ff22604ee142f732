import type { Cycle } from "../../../domain/cycle.ts";
import type { CyclePlan } from "../../../domain/cycle-record.ts";
import type { Arm } from "../../../domain/decision.ts";
import { encoderFirst, endingOf, leavesServing, popularityFirst } from "../../../domain/ending.ts";
import { EngineError } from "../../../domain/errors.ts";
import { guardTestsOf } from "../../../domain/guard-metric.ts";
import { normaliseReward } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { spreadOfLifts, withExpectedLift } from "../../../evaluation/expected-lift.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import { createNetworkFamily } from "../../../learning/network-family.ts";
import { explore } from "../../../mpo/explore.ts";
import { improve } from "../../../mpo/improve.ts";
import type { Fold } from "../../../mpo/judged-row.ts";
import { createRandom } from "../../../numeric/random.ts";
import type { Network } from "../../../policy/network.ts";
import { isUniform, isUntrained, renewStart } from "../../../policy/popularity-network.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { watchEncoder } from "../../encoder/watch-encoder.ts";
import { aScenario, checkOptions, learnerChecks } from "../../input/check-options.ts";
import { withConsent } from "../../privacy/with-consent.ts";
import { createCatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { encodeCarried, knowLogging, loadCarried, loadServed } from "./carried.ts";
import { planTrial } from "./compare-live.ts";
import { cutOffOf, judgeAfter } from "./cut-off.ts";
import { evaluateServing } from "./evaluate-serving.ts";
import { describeFindings, describeStages, type Findings, summariseFindings } from "./findings.ts";
import { type CycleLimits, planCycle } from "./plan-cycle.ts";
import { readUsage } from "./process-usage.ts";
import { publish } from "./publish.ts";
import { readFeedback, surveyFeedback } from "./read-feedback.ts";
import { type Reviewed, reviewServing } from "./review.ts";
import { reviewLive } from "./review-live.ts";
import { createStageClock, type StageClock, type Usage } from "./stage-clock.ts";
import { OverBudgetError, watchBudget } from "./watch-budget.ts";

/**
 * Record, scenario, time and randomness of a cycle. `clock` is in milliseconds since 1970, `seed`
 * an unsigned 32-bit integer, `threads` in 1…256.
 */
export interface CycleOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
  /** Usage of the process so far. Default: of this process. */
  readonly usage?: () => Usage;
}

/** Number of cycles from which the next one's cost and the spread of lifts are estimated. */
const rememberedCycles = 12;

/** A cycle's start: its number, the last event number of earlier cycles, the spread of their lifts, and its plan. */
async function plan(options: CycleOptions, limits: CycleLimits) {
  const { store, scenario, configuration, clock, usage = readUsage } = options;
  const recent = await store.cycles.list({ scenario: scenario.name, limit: rememberedCycles });
  const previous = recent[0]?.throughSequence ?? 0;
  const { maxDecisions, mpo } = configuration.learner;
  const survey = await surveyFeedback({ store, scenario, now: clock(), previous, maxDecisions });
  const planned =
    survey.newDecisions === 0
      ? undefined
      : planCycle({ survey, limits, recent, heldMiB: usage().heldMiB, mpo });
  const spread = spreadOfLifts(recent.flatMap(({ record }) => record.gate ?? []));
  return { previous, cycle: (recent[0]?.cycle ?? 0) + 1, spread, planned };
}

/**
 * The last promotion and the canary on live rewards; unless these decide, the serving policy against
 * its canary or parent, off-policy.
 */
async function review(
  options: CycleOptions,
  input: Pick<
    Parameters<typeof reviewServing>[0],
    "assignment" | "serving" | "critic" | "rows" | "load" | "family" | "spread"
  >,
): Promise<Reviewed> {
  const { store, configuration } = options;
  const { holdbackShare } = configuration;
  const scene = { ...options, now: options.clock() };
  const live = await reviewLive({ ...scene, spread: input.spread }, input.assignment);
  const { assignment, statuses, promotion, canary } = live;
  if (promotion?.action === "roll-back" || (canary && canary.action !== "keep")) return live;
  const { serving = 0 } = assignment;
  const found = (version: number) =>
    statuses.find((status) => status.version === version)?.evidence;
  const reviewed = await reviewServing({
    ...input,
    ...live,
    holdbackShare,
    now: scene.now,
    parent: (await store.policies.find(serving))?.parent,
    evidence: async (version) =>
      found(version) ?? (await store.policies.find(version))?.evidence ?? {},
    mpo: configuration.learner.mpo,
    guards: guardTestsOf(options.scenario.guards),
  });
  return { ...live, ...reviewed, statuses: [...statuses, ...reviewed.statuses] };
}

/** Review, improve and gate: all that is found out before anything changes. */
async function examine(
  options: CycleOptions,
  begun: {
    readonly plan: CyclePlan;
    readonly previous: number;
    readonly cycle: number;
    /** τ of `spreadOfLifts`. */
    readonly spread: number;
  },
  stages: StageClock,
): Promise<Findings | undefined> {
  const { store, scenario, threads, configuration } = options;
  const { mpo } = configuration.learner;
  const { cycle, spread } = begun;
  const feedback = await stages.measure("read", () =>
    readFeedback({
      ...begun,
      store,
      catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
      scenario,
      now: options.clock(),
    }),
  );
  const assignment = await store.policies.assignment(scenario.name);
  const { serving: current } = assignment;
  if (current === undefined || feedback.newDecisions === 0) return undefined;
  const load = (version: number) => loadServed(store, version);
  const first = await load(current);
  if (first === undefined) return undefined;
  const familyOn = ({ encoder }: Network) =>
    createNetworkFamily({
      ...{ mpo, threads, discount: scenario.discount, encoder },
      defaultReward: normaliseReward(undefined, scenario.reward),
    });
  const family = familyOn(first);
  const carried = await loadCarried(store, scenario.name);
  const know = (rows: readonly FeedbackRow[], version: number, arm: Arm) =>
    knowLogging(rows, { store, family }, { version, arm });
  const newestFirst = feedback.rows.toSorted((left, right) => left.age - right.age);
  const known = await stages.measure("score", () => know(newestFirst, current, "serving"));
  const found = await stages.measure("review", () =>
    review(options, {
      ...{ family, assignment, load, serving: first, spread },
      rows: known.filter(({ fold }) => fold !== "older"),
      critic: carried.critic,
    }),
  );
  const { serving: version = current } = found.assignment;
  const serving = (version === current ? first : await load(version)) ?? first;
  const hasStarted = !isUniform(serving);
  const arm = version === assignment.canary ? "canary" : "serving";
  const random = createRandom(options.seed).split(`${scenario.name}/${cycle}`);
  const rows =
    version === current
      ? known
      : await stages.measure("score", () => know(newestFirst, version, arm));
  const renew = renewStart<Fold>(serving, {
    rewards: feedback.itemRewards,
    random: random.split("start"),
    slateSize: scenario.slateSize,
    maxCandidates: scenario.maxCandidates,
    isBeaten: found.beaten !== undefined,
  });
  const improvement = await improve(familyOn(serving), {
    ...carried,
    ...{ serving, mpo, arm, stages, guards: guardTestsOf(scenario.guards) },
    renewStart: renew,
    rows: judgeAfter(rows, cutOffOf(serving)),
    floor: scenario.exploration,
    random,
  });
  const gate = withExpectedLift(improvement.gate, spread);
  const encoderWatch = await stages.measure("encoder", () =>
    watchEncoder(options, serving, found.assignment),
  );
  const reviewed = {
    ...found,
    ...(isUntrained(serving) && { noCanary: popularityFirst }),
    ...(encoderWatch?.isDue && { noCanary: encoderFirst }),
  };
  const start = leavesServing(gate, reviewed) ? renew?.() : undefined;
  const evaluation = evaluateServing(feedback.earned, scenario.reward);
  const ending = endingOf(gate, reviewed);
  const takesOver = ending === "promote";
  const exploration = explore(
    improvement,
    {
      takesOver,
      floor: scenario.exploration,
      exploresItself: scenario.fastLoop.enabled || start !== undefined,
      before: assignment.exploration ?? scenario.exploration,
      range: scenario.reward,
      discount: scenario.discount,
    },
    mpo.exploration,
  );
  const trial =
    ending === "canary"
      ? await planTrial(
          { store, scenario, now: options.clock() },
          { share: configuration.canaryShare, predicted: gate.relativeLift },
        )
      : undefined;
  const { seed } = options;
  return {
    scenario,
    encoderWatch,
    trial,
    seed,
    plan: begun.plan,
    feedback: { ...feedback, rows },
    assignment,
    hasStarted,
    evaluation,
    reviewed,
    start,
    improvement,
    gate,
    exploration,
    stages,
  };
}

/** Leaves the policies as they are, and the feedback to the next cycle, which is planned smaller. */
async function recordShortage(
  { store, scenario, clock, seed }: CycleOptions,
  shortage: Pick<Cycle, "reason" | "startedAt" | "record"> & { readonly throughSequence: number },
): Promise<Cycle> {
  const { serving } = await store.policies.assignment(scenario.name);
  const skipped = {
    ...shortage,
    scenario: scenario.name,
    outcome: "skipped",
    ...(serving === undefined ? {} : { policyVersion: serving }),
    finishedAt: clock(),
    record: { seed, ...shortage.record },
  } as const;
  const { cycle = 0 } = await store.policies.apply({ cycle: () => skipped });
  return { ...skipped, cycle };
}

const msPerMinute = 60_000;

/** Nothing that a cycle fits to feedback has noise. */
function refusePrivate({ privacy }: Configuration): void {
  if (privacy.differential === undefined) return;
  throw new EngineError(
    "conflict",
    "a cycle trains without noise, and privacy.differential asks for it; use learn, which reviews, or leave privacy.differential out",
  );
}

/**
 * One pass of the loop over a scenario: evaluate, review, challenge, judge, distil, gate, publish.
 * All its changes are one transaction at its end; a failure before leaves the serving policy
 * unchanged. It is as large as its time and memory allow; if they do not suffice, it is recorded as
 * skipped.
 * @returns undefined if there is no new feedback to judge on
 * @throws invalid_request if an option is unknown, of the wrong type or out of range; conflict with `privacy.differential`
 */
export async function runCycle(given: CycleOptions): Promise<Cycle | undefined> {
  checkOptions(given, { ...learnerChecks, scenario: aScenario });
  const options = { ...given, ...withConsent(given) };
  const { configuration, clock, usage = readUsage } = options;
  refusePrivate(configuration);
  const { maxCycleMinutes, maxMemory } = configuration.learner;
  const limits = { maxMs: maxCycleMinutes * msPerMinute, maxMiB: maxMemory };
  const startedAt = clock();
  const stages = watchBudget(createStageClock(clock, usage), { limits, clock, usage });
  const { planned, ...begun } = await plan(options, limits);
  const { previous } = begun;
  const common = { startedAt, throughSequence: previous };
  if (planned === undefined) return undefined;
  if (typeof planned === "string")
    return recordShortage(options, { ...common, reason: planned, record: {} });
  try {
    const findings = await examine(options, { ...begun, plan: planned }, stages);
    return findings && (await conclude(options, findings, startedAt));
  } catch (error) {
    if (!(error instanceof OverBudgetError)) throw error;
    const record = { plan: planned, ...describeStages(stages) };
    return recordShortage(options, { ...common, reason: error.message, record });
  }
}

async function conclude(
  { store, scenario, configuration, clock }: CycleOptions,
  findings: Findings,
  startedAt: number,
): Promise<Cycle> {
  const { feedback, reviewed, improvement, gate, exploration } = findings;
  const finishedAt = clock();
  const { serving } = reviewed.assignment;
  const cycle = {
    scenario: scenario.name,
    ...summariseFindings(findings),
    ...(serving === undefined ? {} : { policyVersion: serving }),
    startedAt,
    finishedAt,
    throughSequence: feedback.throughSequence,
    record: describeFindings(findings),
  };
  const applied = await store.policies.apply({
    ...publish({
      scenario: scenario.name,
      replaces: findings.assignment,
      gate,
      reviewed,
      canaryShare: configuration.canaryShare,
      holdbackShare: configuration.holdbackShare,
      // Months beside the uniform choice would cost its users more than they show.
      anchorShare: findings.hasStarted ? configuration.anchorShare : 0,
      trial: findings.trial,
      candidate: improvement.moved.policy,
      start: findings.start,
      feedback,
      exploration,
      now: finishedAt,
    }),
    cycle: ([candidateVersion = 0]) => ({ ...cycle, candidateVersion }),
    checkpoints: encodeCarried(scenario.name, {
      critic: improvement.fit.critic,
      meta: improvement.judgement.state,
    }),
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}
