import { describe, expect, test } from "vitest";
import { EngineError } from "../../../domain/errors.ts";
import { driftKinds } from "./bandit-options.ts";
import { createBanditWorld, poisonedItems } from "./bandit-world.ts";

const seed = 7;
const small = { seed, items: 40, users: 60, candidates: 10 };

/** Mean click probability of the uniform choice, and its standard error. */
function uniformReward(options: Parameters<typeof createBanditWorld>[0], cycle = 0) {
  const world = createBanditWorld(options);
  const click = world.truth(cycle);
  const { users, candidates, width } = world.visits(cycle, 2000);
  const values = Array.from(candidates, (item, cell) =>
    click(users[Math.floor(cell / width)]!, item),
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("a bandit world", () => {
  test("is the same for the same seed, and visits depend on nothing but seed and cycle", () => {
    const [one, same, other] = [seed, seed, seed + 1].map((s) =>
      createBanditWorld({ ...small, seed: s }),
    );
    expect(same!.visits(3, 50)).toEqual(one!.visits(3, 50));
    expect(same!.userFeatures).toEqual(one!.userFeatures);
    expect(same!.logging).toEqual(one!.logging);
    expect(other!.visits(3, 50)).not.toEqual(one!.visits(3, 50));
    expect(one!.visits(3, 50)).not.toEqual(one!.visits(4, 50));
  });

  test("offers different items at each visit", () => {
    const { candidates, width } = createBanditWorld(small).visits(0, 100);
    for (let visit = 0; visit < 100; visit++)
      expect(new Set(candidates.subarray(visit * width, (visit + 1) * width)).size).toBe(width);
  });

  test.each([0.01, 0.05, 0.2])("has the click rate %f under the uniform choice", (clickRate) => {
    // The rate is set on 2,000 pairs; pairs that share users and items leave it some tenths apart in a world of this size.
    expect(uniformReward({ seed, clickRate }) / clickRate).toBeGreaterThan(0.8);
    expect(uniformReward({ seed, clickRate }) / clickRate).toBeLessThan(1.25);
  });

  test("features tell the latent taste exactly without misspecification, and less with it", () => {
    const agreement = (misspecification: number) => {
      const { userFeatures, itemFeatures, truth } = createBanditWorld({
        ...small,
        misspecification,
      });
      const click = truth(0);
      const pairs = Array.from({ length: 2400 }, (_, pair) => {
        const [user, item] = [pair % 60, Math.floor(pair / 60)];
        let told = 0;
        for (let axis = 0; axis < 6; axis++)
          told += userFeatures.values[user * 7 + axis]! * itemFeatures.values[item * 7 + axis]!;
        const p = click(user, item);
        return [told, Math.log(p / (1 - p))] as const;
      });
      const mean = (of: (pair: readonly [number, number]) => number) =>
        pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
      const [x, y] = [mean(([a]) => a), mean(([, b]) => b)];
      return (
        mean(([a, b]) => (a - x) * (b - y)) /
        Math.sqrt(mean(([a]) => (a - x) ** 2) * mean(([, b]) => (b - y) ** 2))
      );
    };
    expect(agreement(0)).toBeGreaterThan(0.85);
    expect(agreement(2)).toBeLessThan(agreement(0) - 0.2);
  });
});

test("what a logging policy with knowledge pushes goes with what is good, and earns more", () => {
  const options = { ...small, items: 400, loggingSharpness: 2, qualityDeviation: 1 };
  const pushes = (loggingKnowledge: number) => {
    const world = createBanditWorld({ ...options, loggingKnowledge });
    const click = world.truth(0);
    const top = [...world.logging.biases.entries()].toSorted((a, b) => b[1] - a[1]).slice(0, 40);
    const values = top.flatMap(([item]) =>
      Array.from({ length: 60 }, (_, user) => click(user, item)),
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  expect(pushes(0.9)).toBeGreaterThan(2 * pushes(0));
});

describe("drift", () => {
  const world = (drift: (typeof driftKinds)[number]) =>
    createBanditWorld({ ...small, drift, cycles: 12 });
  const clicks = (drift: (typeof driftKinds)[number], cycle: number) => {
    const click = world(drift).truth(cycle);
    return Array.from({ length: 200 }, (_, pair) => click(pair % 60, pair % 40));
  };

  test("none changes nothing, and every world starts alike", () => {
    expect(clicks("none", 11)).toEqual(clicks("none", 0));
    for (const kind of driftKinds.filter((drift) => drift !== "churn"))
      expect(clicks(kind, 0)).toEqual(clicks("none", 0));
  });

  test("abrupt changes once, half-way; twice at both thirds; slow with every cycle", () => {
    const changes = (drift: (typeof driftKinds)[number]) =>
      [...Array(11).keys()].filter(
        (cycle) => clicks(drift, cycle).join() !== clicks(drift, cycle + 1).join(),
      );
    expect(changes("abrupt")).toEqual([5]);
    expect(changes("twice")).toEqual([3, 7]);
    expect(changes("slow").length).toBe(11);
  });

  test("churn takes items off for good and brings new ones", () => {
    const { visits, items } = world("churn");
    const offered = (cycle: number) => new Set(visits(cycle, 500).candidates);
    expect(items).toBe(40 + 11 * 2);
    expect(offered(0).has(0)).toBe(true);
    expect(offered(1).has(0)).toBe(false);
    expect(offered(11).has(items - 1)).toBe(true);
    expect(offered(10).has(items - 1)).toBe(false);
  });
});

test("poisoned items are a share of the items, the same for a seed", () => {
  const world = createBanditWorld(small);
  expect(new Set(poisonedItems(world, 0.1, 3)).size).toBe(4);
  expect(poisonedItems(world, 0.1, 3)).toEqual(poisonedItems(world, 0.1, 3));
});

test.each([
  ["items", { items: 9 }],
  ["candidates", { candidates: 41 }],
  ["clickRate", { clickRate: Number.NaN }],
  ["misspecification", { misspecification: 3 }],
  ["loggingSharpness", { loggingSharpness: -1 }],
  ["loggingKnowledge", { loggingKnowledge: 1.1 }],
  ["qualityDeviation", { qualityDeviation: 0 }],
  ["drift", { drift: "often" as never }],
  ["cycles", { cycles: 0 }],
])("%s out of range is refused by name", (field, options) => {
  const make = () => createBanditWorld({ ...small, ...options });
  expect(make).toThrow(EngineError);
  expect(make).toThrow(new RegExp(`^${field} must be`));
});
