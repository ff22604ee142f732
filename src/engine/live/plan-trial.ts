import { dayMs } from "../../domain/durations.ts";
import type { CanaryTrial } from "../../domain/policy-evidence.ts";
import { openMs, settleReward } from "../../domain/reward-rule.ts";
import {
  type SiteTraffic,
  type TrialSize,
  trialDays,
  trialError,
} from "../../evaluation/live-traffic.ts";
import type { RewardBucket } from "../../storage/decision-store.ts";
import type { LiveScene } from "./compare-live.ts";

const hourSeconds = 3600;
/** Traffic of the last days counts. */
const seenDays = 7;

/** Mean and variance of a visit's reward under the serving policy, with users within an hour as clusters. */
function describeVisits(buckets: readonly RewardBucket[]) {
  const serving = buckets.filter(({ arm }) => arm === "serving");
  const add = (of: (bucket: RewardBucket) => number) =>
    serving.reduce((sum, bucket) => sum + of(bucket), 0);
  const visits = add(({ decisions }) => decisions);
  const mean = add(({ rewardSum }) => rewardSum) / visits;
  const squares = add(
    ({ rewardSquares, rewardProducts, decisionSquares }) =>
      rewardSquares - 2 * mean * rewardProducts + mean ** 2 * decisionSquares,
  );
  return { mean, variance: squares / visits };
}

/** The traffic of the last week. */
async function readTraffic({ store, scenario, now }: LiveScene): Promise<SiteTraffic> {
  const { name, reward, slateSize } = scenario;
  const buckets = await store.decisions.rewardBuckets({
    scenario: name,
    rule: reward,
    bucketSeconds: hourSeconds,
    since: now - seenDays * dayMs,
    closedBefore: now,
  });
  const { mean, variance } = describeVisits(buckets);
  const all = buckets.reduce((sum, { decisions }) => sum + decisions, 0);
  const closed = now - openMs(reward);
  const days = (closed - (buckets[0]?.bucketStart ?? closed)) / dayMs;
  const unrewarded = slateSize * settleReward(undefined, reward);
  return { mean: mean - unrewarded, variance, visitsPerDay: all / days };
}

/** The time of a canary that starts now. */
export async function planTrial(scene: LiveScene, size: TrialSize): Promise<CanaryTrial> {
  const { now, scenario } = scene;
  const traffic = await readTraffic(scene);
  const time = trialDays(traffic, size) * dayMs;
  const plannedError = trialError(traffic, size);
  return {
    since: now,
    deadline: Math.round(now + time + openMs(scenario.reward)),
    ...(plannedError !== undefined && { plannedError }),
  };
}
