import type { UserActivity } from "../../domain/activity.ts";
import type { ActivityMeasure } from "../../domain/activity-measure.ts";
import type { Guard } from "../../domain/gate-record.ts";
import { type GuardTest, guardTestsOf, isTested } from "../../domain/guard-metric.ts";
import type { CanaryTrial } from "../../domain/policy-evidence.ts";
import {
  activityChange,
  judgeMetric,
  liveChange,
  type MeasuredChange,
} from "../../evaluation/guard-metrics.ts";
import type { LiveArm } from "../../evaluation/live-difference.ts";
import type { UserOutcomes } from "../../storage/decision-store.ts";
import type { ArmTraffic, LiveScene } from "./compare-live.ts";

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
