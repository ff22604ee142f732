import { openMs } from "../../domain/reward-rule.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { LearnerHealth, LoopFigures } from "../engine.ts";

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

interface LivenessParts {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "scenarios">;
  readonly clock: () => number;
}

const secondsSince = (now: number, at: number) => Math.max(0, now - at) / 1000;

export async function readLearnerHealth({ store, clock }: LivenessParts): Promise<LearnerHealth> {
  const now = clock();
  const beatAt = await store.heartbeats.last();
  const [cycle] = await store.cycles.list({ limit: 1 });
  return {
    up: beatAt !== undefined && now - beatAt <= upWithinMs,
    ...(beatAt !== undefined && { heartbeatAgeSeconds: secondsSince(now, beatAt) }),
    ...(cycle && { lastCycleAgeSeconds: secondsSince(now, cycle.finishedAt) }),
  };
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
