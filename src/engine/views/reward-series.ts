import { EngineError } from "../../domain/errors.ts";
import { bucketReward } from "../../evaluation/bucket-reward.ts";
import { compareRecent } from "../../evaluation/compare-arms.ts";
import type { RewardBucket } from "../../storage/decision-store.ts";
import type { Store } from "../../storage/store.ts";
import type { RewardPoint, RewardSeries } from "../calls/measure-calls.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import type { RewardSeriesInput } from "../input/input.ts";

export const defaultBucketSeconds = 3600;
export const defaultBuckets = 200;
/** Bounds the answer; each bucket holds up to one point an arm. */
export const maxBuckets = 10_000;

/** @throws invalid_request if the span holds too many buckets */
function readSince(since: number | undefined, bucketMs: number, now: number): number {
  if (since === undefined) return now - defaultBuckets * bucketMs;
  if (now - since <= maxBuckets * bucketMs) return since;
  throw new EngineError(
    "invalid_request",
    `since is ${new Date(since).toISOString()}: more than ${maxBuckets} buckets ago; send a later time or larger bucketSeconds`,
    { details: { field: "since", value: since, limit: maxBuckets } },
  );
}

const toPoint = (bucket: RewardBucket): RewardPoint => ({
  bucketStart: bucket.bucketStart,
  arm: bucket.arm,
  decisions: bucket.decisions,
  ...bucketReward(bucket),
});

/** @throws unknown_scenario, invalid_request */
export async function rewardSeries(
  parts: {
    readonly store: Store;
    readonly configuration: Configuration;
    readonly clock: () => number;
  },
  { scenario, since, bucketSeconds = defaultBucketSeconds }: RewardSeriesInput,
): Promise<RewardSeries> {
  const { name, reward: rule } = findScenario(parts.configuration, scenario);
  const now = parts.clock();
  const buckets = await parts.store.decisions.rewardBuckets({
    scenario: name,
    since: readSince(since, bucketSeconds * 1000, now),
    closedBefore: now,
    bucketSeconds,
    rule,
  });
  const points = buckets.map(toPoint);
  const comparison = compareRecent(points, bucketSeconds);
  return { points, ...(comparison && { comparison }) };
}
