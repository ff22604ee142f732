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
  const { users, chances = [0.2, 0.4] } = world;
  const people = Array.from({ length: users }, () => ({
    arm: random.uniform() < world.holdbackShare ? ("holdback" as const) : ("serving" as const),
    chance: chances[random.integer(2)]!,
    rewardSum: 0,
    rows: 0,
  }));
  const armOf = (name: "serving" | "holdback"): LiveArm => {
    const seen = people.filter(({ arm, rows }) => arm === name && rows > 0);
    return {
      rewardSums: Float64Array.from(seen, ({ rewardSum }) => rewardSum),
      rows: Float64Array.from(seen, ({ rows }) => rows),
    };
  };
  for (let look = 0; look < world.looks; look++) {
    for (let visit = 0; visit < world.visits; visit++) {
      const person = people[random.integer(users)]!;
      const lift = person.arm === "serving" ? world.lift : 0;
      person.rewardSum += random.uniform() < person.chance * (1 + lift) ? 1 : 0;
      person.rows += 1;
    }
    yield { serving: armOf("serving"), holdback: armOf("holdback") };
  }
}
