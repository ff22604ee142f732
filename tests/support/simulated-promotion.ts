import type { LiveArm } from "../../src/evaluation/live-difference.ts";
import type { RandomStream } from "../../src/numeric/random.ts";

export interface PromotionWorld {
  readonly users: number;
  /** Share of the users who keep the replaced policy. */
  readonly holdbackShare: number;
  /** Visits between two looks, each by a user drawn at random. */
  readonly visits: number;
  readonly looks: number;
  /** True relative lift of the promoted policy, the same for all users. */
  readonly lift: number;
  /** Chance of a reward of 1 for a user of the replaced policy: half of the users have the one, half the other. */
  readonly chances?: readonly [number, number];
}

/** What a promotion's two arms look like at each look: the same users come back, all visits so far count. */
export function* simulatePromotion(
  world: PromotionWorld,
  random: RandomStream,
): Generator<{ readonly serving: LiveArm; readonly holdback: LiveArm }> {
  const { users, holdbackShare, lift, chances = [0.2, 0.4] } = world;
  const draw = (value: () => number) => Float64Array.from({ length: users }, value);
  const isHeld = draw(() => (random.uniform() < holdbackShare ? 1 : 0));
  const chance = draw(() => chances[random.integer(2)]!);
  const rewardSums = draw(() => 0);
  const rows = draw(() => 0);
  const armOf = (held: number): LiveArm => {
    const isSeen = (_: number, user: number) => isHeld[user] === held && rows[user]! > 0;
    return { rewardSums: rewardSums.filter(isSeen), rows: rows.filter(isSeen) };
  };
  for (let look = 0; look < world.looks; look++) {
    for (let visit = 0; visit < world.visits; visit++) {
      const user = random.integer(users);
      const gain = isHeld[user] === 1 ? 1 : 1 + lift;
      rewardSums[user]! += random.uniform() < chance[user]! * gain ? 1 : 0;
      rows[user]! += 1;
    }
    yield { serving: armOf(0), holdback: armOf(1) };
  }
}
