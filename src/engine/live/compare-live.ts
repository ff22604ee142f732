import type { Arm } from "../../domain/decision.ts";
import type { CanaryTrial, LiveDifference } from "../../domain/policy-evidence.ts";
import { normaliseReward } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import {
  compareLiveArms,
  type LiveArm,
  type LiveComparison,
} from "../../evaluation/live-difference.ts";
import { formatSignificant } from "../../numeric/format.ts";
import type { UserRewards } from "../../storage/decision-store.ts";
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
