import type { UserActivity } from "../../domain/activity.ts";
import type { ActivityMeasure } from "../../domain/activity-measure.ts";
import type { Arm } from "../../domain/decision.ts";
import { dayMs } from "../../domain/durations.ts";
import type { Guard } from "../../domain/gate-record.ts";
import { type GuardTest, guardTestsOf, isTested } from "../../domain/guard-metric.ts";
import type { CanaryTrial, LiveDifference } from "../../domain/policy-evidence.ts";
import { normaliseReward, openMs, settleReward } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import {
  activityChange,
  judgeMetric,
  liveChange,
  type MeasuredChange,
} from "../../evaluation/guard-metrics.ts";
import {
  compareLiveArms,
  type LiveArm,
  type LiveComparison,
} from "../../evaluation/live-difference.ts";
import {
  type SiteTraffic,
  type TrialSize,
  trialDays,
  trialError,
} from "../../evaluation/live-traffic.ts";
import { formatSignificant } from "../../numeric/format.ts";
import type { RewardBucket, UserOutcomes, UserRewards } from "../../storage/decision-store.ts";
import type { Store } from "../../storage/store.ts";

export interface LiveScene {
  readonly store: Store;
  readonly scenario: Scenario;
  /** Milliseconds since 1970: decisions whose windows have closed by then count. */
  readonly now: number;
  /** What the reviews of a cycle have read so far, for those after them. */
  readonly reads?: Map<string, Promise<readonly UserRewards[]>>;
}

/** Traffic of an arm, by one policy or by all that it had. */
export interface ArmTraffic {
  readonly arm: Arm;
  readonly policyVersion?: number;
}

/**
 * Rewards as shares of the rule's range, as the gate has them. With a discount each user's total
 * beyond the default, since a policy may earn by longer sessions instead of by the row.
 */
function toArm(users: readonly UserRewards[], { reward, discount }: Scenario): LiveArm {
  const range = reward.maximum - reward.minimum;
  const isTotal = discount > 0;
  const zero = isTotal ? normaliseReward(undefined, reward) : 0;
  return {
    rewardSums: Float64Array.from(
      users,
      ({ rows, rewardSum }) => (rewardSum - rows * reward.minimum) / range - rows * zero,
    ),
    rows: Float64Array.from(users, ({ rows }) => (isTotal ? 1 : rows)),
  };
}

/** Reviews of a cycle compare the same users of the serving policy, often since the same moment. */
async function readUsers(
  { store, scenario, now, reads }: LiveScene,
  traffic: ArmTraffic,
  since: number,
): Promise<readonly UserRewards[]> {
  const { name, reward } = scenario;
  const key = JSON.stringify([traffic.arm, traffic.policyVersion, since]);
  const span = { scenario: name, since, closedBefore: now, rule: reward };
  const read = reads?.get(key) ?? store.decisions.userRewards({ ...span, ...traffic });
  reads?.set(key, read);
  return read;
}

/** Of two arms with users drawn at random, from decisions made at `since` or later. */
export async function compareLive(
  scene: LiveScene,
  arms: { readonly tested: ArmTraffic; readonly reference: ArmTraffic },
  { since, plannedError }: Pick<CanaryTrial, "since" | "plannedError">,
): Promise<LiveComparison> {
  const { scenario } = scene;
  const { reward, discount } = scenario;
  const read = async (traffic: ArmTraffic) =>
    toArm(await readUsers(scene, traffic, since), scenario);
  return compareLiveArms({
    tested: await read(arms.tested),
    reference: await read(arms.reference),
    unrewarded: discount > 0 ? 0 : normaliseReward(undefined, reward),
    plannedError,
  });
}

interface TestedArms {
  readonly tested: Required<ArmTraffic>;
  readonly reference: Required<ArmTraffic>;
}

/** The users that a guard test is about; their attributes are the newest, and the same for both arms. */
async function keepTested<User extends Pick<UserOutcomes, "userId">>(
  { store }: LiveScene,
  test: GuardTest,
  users: readonly User[],
): Promise<readonly User[]> {
  const tested: User[] = [];
  for (const one of users) {
    const known = test.segment && (await store.users.find(one.userId));
    if (isTested(test, known?.attributes ?? {})) tested.push(one);
  }
  return tested;
}

async function compareOutcomes(
  scene: LiveScene,
  test: GuardTest,
  {
    arms,
    since,
    type,
  }: { readonly arms: TestedArms; readonly since: number; readonly type: string },
): Promise<MeasuredChange> {
  const span = { scenario: scene.scenario.name, closedBefore: scene.now, type, since };
  const read = async (traffic: Required<ArmTraffic>): Promise<LiveArm> => {
    const users = await scene.store.decisions.userOutcomes({ ...span, ...traffic });
    const tested = await keepTested(scene, test, users);
    return {
      rewardSums: Float64Array.from(tested, ({ outcomes }) => outcomes),
      rows: Float64Array.from(tested, ({ rows }) => rows),
    };
  };
  return liveChange({ tested: await read(arms.tested), reference: await read(arms.reference) });
}

/** Of the sessions since a canary began. */
async function compareMeasures(
  scene: LiveScene,
  test: GuardTest,
  {
    arms,
    since,
    measure,
  }: { readonly arms: TestedArms; readonly since: number; readonly measure: ActivityMeasure },
): Promise<MeasuredChange> {
  const {
    store,
    now,
    scenario: { name, sessionGapSeconds },
  } = scene;
  const span = { scenario: name, from: since, to: now, sessionGapSeconds };
  const users: readonly UserActivity[] = await keepTested(
    scene,
    test,
    await store.decisions.userActivity(span),
  );
  const usersOf = ({ arm }: ArmTraffic) => users.filter((user) => user.arm === arm);
  return activityChange(measure, {
    tested: usersOf(arms.tested),
    reference: usersOf(arms.reference),
  });
}

/** The scenario's guard metrics on live outcomes. */
export async function compareMetrics(
  scene: LiveScene,
  arms: TestedArms,
  { since }: Pick<CanaryTrial, "since">,
): Promise<readonly Guard[]> {
  const tests = guardTestsOf(scene.scenario.guards);
  const guards: Guard[] = [];
  for (const test of tests) {
    const { outcome } = test;
    const change =
      "type" in outcome
        ? await compareOutcomes(scene, test, { arms, since, ...outcome })
        : await compareMeasures(scene, test, { arms, since, ...outcome });
    guards.push(judgeMetric(test, change, tests.length));
  }
  return guards;
}

/** `worse by 0.02 a row, 99 % bounds -0.03 and -0.01`; undefined if there is too little to tell. */
export function tellDifference(
  { difference, interval }: LiveDifference,
  { discount }: Scenario,
): string | undefined {
  if (difference === undefined || interval === undefined) return undefined;
  const [lower, upper] = interval.map((end) => formatSignificant(end));
  return (
    `${difference < 0 ? "worse" : "better"} by ${formatSignificant(Math.abs(difference))} a ${discount > 0 ? "user" : "row"}, ` +
    `99 % bounds ${lower} and ${upper}`
  );
}

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
    ...{ scenario: name, rule: reward, bucketSeconds: hourSeconds },
    ...{ since: now - seenDays * dayMs, closedBefore: now },
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
    ...{ since: now, deadline: Math.round(now + time + openMs(scenario.reward)) },
    ...(plannedError !== undefined && { plannedError }),
  };
}
