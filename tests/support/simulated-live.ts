import type { LiveArm } from "../../src/evaluation/live-difference.ts";
import type { RandomStream } from "../../src/numeric/random.ts";

export interface LiveWorld {
  readonly users: number;
  /** Share of the users who get the tested policy: a canary, or a promoted one beside its holdback. */
  readonly testedShare: number;
  /** Visits between two looks, each by a user drawn at random. */
  readonly visits: number;
  readonly looks: number;
  /** True relative lift of the tested policy, the same for all users. */
  readonly lift: number;
  /** Chance of a reward of 1 for a user of the other policy: half of the users have the one, half the other. */
  readonly chances?: readonly [number, number];
}

/** What two live arms look like at each look: the same users come back, all visits so far count. */
export function* simulateLive(
  world: LiveWorld,
  random: RandomStream,
): Generator<{ readonly tested: LiveArm; readonly reference: LiveArm }> {
  const { users, testedShare, lift, chances = [0.2, 0.4] } = world;
  const draw = (value: () => number) => Float64Array.from({ length: users }, value);
  const isTested = draw(() => (random.uniform() < testedShare ? 1 : 0));
  const chance = draw(() => chances[random.integer(2)]!);
  const rewardSums = draw(() => 0);
  const rows = draw(() => 0);
  const armOf = (tested: number): LiveArm => {
    const isSeen = (_: number, user: number) => isTested[user] === tested && rows[user]! > 0;
    return { rewardSums: rewardSums.filter(isSeen), rows: rows.filter(isSeen) };
  };
  for (let look = 0; look < world.looks; look++) {
    for (let visit = 0; visit < world.visits; visit++) {
      const user = random.integer(users);
      const gain = isTested[user] === 1 ? 1 + lift : 1;
      rewardSums[user]! += random.uniform() < chance[user]! * gain ? 1 : 0;
      rows[user]! += 1;
    }
    yield { tested: armOf(1), reference: armOf(0) };
  }
}
