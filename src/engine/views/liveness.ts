import type { Cycle } from "../../domain/cycle.ts";
import { openMs } from "../../domain/reward-rule.ts";
import type { Store } from "../../storage/store.ts";
import type { LearnerHealth, LoopFigures } from "../calls/health-calls.ts";
import type { Configuration, LearnerConfiguration } from "../configuration/configuration.ts";
import { withConsent } from "../privacy/with-consent.ts";

/** Interval of a learner's heartbeats: two small commits a minute. */
const beatMs = 30_000;
/** After as much silence a learner is down. It gives way to all else, so on a busy machine its beats come late. */
const upWithinMs = 300_000;
/** Newest closed decisions of a scenario whose rewards are summed up for the metrics. */
const recentDecisions = 1000;

/**
 * Writes a learner's heartbeats, now and until the returned function is called. A beat that can't
 * be written is skipped.
 */
export async function startHeartbeat({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: () => number;
}): Promise<() => void> {
  const beat = () => store.heartbeats.beat(clock()).catch(() => {});
  await beat();
  const timer = setInterval(beat, beatMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Closed decisions that are counted at most, in about a millisecond: each look at the health waits for it. */
const mostWaiting = 10_000;

/** The last cycle of each scenario that has had one: a record of a hundred kilobytes, to be read once. */
export async function readLastCycles({
  store,
  configuration,
}: Pick<LivenessParts, "store" | "configuration">): Promise<readonly Cycle[]> {
  const scenarios = configuration.scenarios.map(({ name }) => name);
  const last = scenarios.map((scenario) => store.cycles.list({ scenario, limit: 1 }));
  return (await Promise.all(last)).flat();
}

/** By scenario: closed decisions that no cycle has learnt from, up to 10,000. */
async function countWaiting(
  { store, configuration, clock }: LivenessParts,
  lastCycles: readonly Cycle[],
): Promise<Readonly<Record<string, number>>> {
  const closedBefore = clock();
  const { decisions } = withConsent({ store, configuration }).store;
  const counted = configuration.scenarios.map(async ({ name: scenario }) => {
    const last = lastCycles.find((cycle) => cycle.scenario === scenario);
    const after = last?.throughSequence ?? 0;
    const span = { scenario, after, closedBefore, limit: mostWaiting };
    return [scenario, (await decisions.closedSpan(span)).count] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

export interface LivenessParts {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "scenarios" | "privacy">;
  readonly clock: () => number;
}

const secondsSince = (now: number, at: number) => Math.max(0, now - at) / 1000;

export async function readLearnerHealth(
  parts: LivenessParts,
  lastCycles: readonly Cycle[],
): Promise<LearnerHealth> {
  const { store, clock } = parts;
  const now = clock();
  const last = await store.heartbeats.last();
  // One far ahead is of before the clock was set back, and a learner that runs has written one since.
  const beatAt = last !== undefined && last - now > upWithinMs ? undefined : last;
  const ended = lastCycles.map(({ finishedAt }) => finishedAt);
  return {
    up: beatAt !== undefined && now - beatAt <= upWithinMs,
    ...(beatAt !== undefined && { heartbeatAgeSeconds: secondsSince(now, beatAt) }),
    waitingDecisions: await countWaiting(parts, lastCycles),
    ...(ended.length > 0 && { lastCycleAgeSeconds: secondsSince(now, Math.max(...ended)) }),
  };
}

const minuteMs = 60_000;

/**
 * A learner that is up and comes to no end: other work leaves it no time.
 * @param waitedMs since the learner could be expected
 */
export function findStarvation(
  { waitingDecisions, lastCycleAgeSeconds = Number.POSITIVE_INFINITY }: LearnerHealth,
  { minDecisions, maxCycleMinutes }: Pick<LearnerConfiguration, "minDecisions" | "maxCycleMinutes">,
  waitedMs: number,
): string | undefined {
  const most = Math.max(0, ...Object.values(waitingDecisions));
  const sinceMs = Math.min(waitedMs, 1000 * lastCycleAgeSeconds);
  // A cycle ends within its budget and one stage.
  if (most < minDecisions || sinceMs < 2 * maxCycleMinutes * minuteMs) return undefined;
  const since = Number.isFinite(sinceMs) ? `for ${Math.round(sinceMs / minuteMs)} min` : "yet";
  return `${most} decisions wait to be learnt, and no cycle has ended ${since}: give the machine another core, run recurve learn on another one, or lower learner.maxDecisions`;
}

/** @param waitedMs since the learner could be expected */
export function findLearnerProblem(learner: LearnerHealth, waitedMs: number): string | undefined {
  if (learner.up || waitedMs <= upWithinMs) return undefined;
  const { heartbeatAgeSeconds: age = waitedMs / 1000 } = learner;
  return `no learner has been seen for ${Math.round(Math.min(age, waitedMs / 1000))} s; see the log for the reason, or start recurve learn`;
}

export async function readFigures({
  store,
  configuration,
  clock,
}: LivenessParts): Promise<LoopFigures> {
  const now = clock();
  const rewards = await Promise.all(
    configuration.scenarios.map(async ({ name, reward }) => {
      const decidedBefore = now - openMs(reward);
      const span = { scenario: name, decidedBefore, limit: recentDecisions };
      const arms = await store.decisions.recentRewards({ ...span, rule: reward });
      return arms.map(({ arm, decisions, rewardSum }) => ({
        scenario: name,
        arm,
        meanReward: rewardSum / decisions,
      }));
    }),
  );
  const outcomes = await store.cycles.outcomes();
  return {
    cycles: outcomes.map(({ finishedAt, ...cycles }) => ({
      ...cycles,
      ageSeconds: secondsSince(now, finishedAt),
    })),
    rolledBack: await store.policies.countRolledBack(),
    rewards: rewards.flat(),
    databaseSizeBytes: await store.sizeBytes(),
  };
}
