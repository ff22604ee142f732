import Database from "libsql";
import type { InferenceSession } from "onnxruntime-common";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  largestDifference,
  randomNetwork,
  sampleState,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { sampleItem, sampleUser } from "../../../tests/support/sample.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { World } from "../../domain/world.ts";
import { criticShape, rewardHeadCount } from "../../learning/critic-shape.ts";
import { bootstraps } from "../../mpo/row-scores.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { createRandom } from "../../numeric/random.ts";
import { createScorer } from "../../policy/scorer.ts";
import type { Store } from "../../storage/store.ts";
import { getRuntime } from "../../tensor/runtime.ts";
import { type ClosedLoopOptions, runClosedLoop } from "./closed-loop.ts";
import { createRewardPolicy } from "./reward-policy.ts";
import { strategyNames } from "./strategy.ts";
import { worldConfiguration } from "./world-configuration.ts";

const ids = ["good", "fair", "poor"];
const chance = (item: string) => ({ good: 0.9, fair: 0.3, poor: 0.05 })[item] ?? 0;
const candidates = ids.map((id) => ({ itemId: itemId(id) }));
const users = Array.from({ length: 60 }, (_, index) => sampleUser(`user-${index}`));

/** Three items, one of them good for everybody. */
const world: World = {
  name: "tiny",
  items: ids.map((id) => sampleItem(id)),
  users,
  history: [{ userId: userId("user-0"), itemId: itemId("good"), type: "click", value: 1 }],
  slateSize: 1,
  rewards: { weights: { click: 1 }, minimum: 0, maximum: 1 },
  visit: (turn) => ({
    userId: users[Math.floor(hashUniform(`visitor/${turn}`) * users.length)]!.userId,
    context: {},
    candidates,
  }),
  react: (turn, slate) =>
    slate
      .filter((item) => hashUniform(`mood/${turn}`) < chance(item))
      .map((item) => ({ itemId: item, type: "click", value: 1 })),
  expectedReward: (_, slate) => slate.reduce((sum, item) => sum + chance(item), 0),
  bestSlate: () => [itemId("good")],
};

const run = (strategy: ClosedLoopOptions["strategy"], options: Partial<ClosedLoopOptions> = {}) =>
  runClosedLoop({
    world,
    strategy,
    cycles: 2,
    decisionsPerCycle: 120,
    seed: 127,
    threads: 1,
    ...options,
  });

test("the world is the only scenario, everybody gets the loop's policy, ε-greedy explores by its own share", () => {
  const { scenarios, baselineShare } = worldConfiguration(world, "mpo");
  expect(baselineShare).toBe(0);
  expect(scenarios).toMatchObject([
    {
      name: "tiny",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1 }, maximum: 1 },
    },
  ]);
  expect(scenarios[0]?.fastLoop.enabled).toBe("on-popularity");
  expect(worldConfiguration(world, "mpo-no-loop").scenarios[0]?.fastLoop.enabled).toBe(false);
  for (const name of ["mpo+fast", "fast"] as const)
    expect(worldConfiguration(world, name).scenarios[0]?.fastLoop.enabled).toBe(true);
  const [greedy] = worldConfiguration(world, "epsilon-greedy").scenarios;
  expect(greedy?.exploration).not.toBe(scenarios[0]?.exploration);
  const [popularity] = worldConfiguration(world, "popularity").scenarios;
  expect(popularity?.exploration).toBe(scenarios[0]?.loopExploration);
});

test("every loop starts with the uniform choice on the same visits, and those that learn at once get better", async () => {
  const results = new Map<string, Awaited<ReturnType<typeof run>>>();
  for (const name of strategyNames) {
    const told: number[] = [];
    const result = await run(name, {
      cycles: name === "mpo" ? 1 : 2,
      onCycle: ({ meanReward }) => told.push(meanReward),
    });
    expect(result.map(({ meanReward }) => meanReward)).toEqual(told);
    results.set(name, result);
  }
  const firsts = [...results.values()].map(([first]) => first?.meanReward);
  expect(new Set(firsts).size).toBe(1);
  // The mean of three equally likely chances, within 4 standard errors of 120 visits.
  expect(Math.abs(firsts[0]! - 1.25 / 3)).toBeLessThan(4 * Math.sqrt(0.13 / 120));
  for (const name of ["popularity", "epsilon-greedy", "softmax"]) {
    const [first, second] = results.get(name)!;
    const error = Math.hypot(first!.standardError, second!.standardError);
    expect(second!.meanReward - first!.meanReward).toBeGreaterThan(4 * error);
    expect([first!.cycle, second!.cycle]).toEqual([1, 2]);
  }
  expect(results.get("popularity")!.map(({ note }) => note)).toEqual(["refreshed", "refreshed"]);
  expect(results.get("softmax")![0]!.note).toBe("retrained");
  expect(["promote", "canary", "hold", "not-enough-data"]).toContain(results.get("mpo")![0]!.note);
});

test("visits after the last update are those of a further cycle, and nothing learns from them", async () => {
  const further = await run("popularity", { cycles: 3 });
  const told: number[] = [];
  const after = await run("popularity", {
    visitsAfter: 120,
    onCycle: ({ cycle }) => told.push(cycle),
  });
  expect(after).toEqual(further.with(2, { ...further[2]!, note: "no update" }));
  expect(told).toEqual([1, 2]);
  const ended = new AbortController();
  const broken = await run("popularity", {
    visitsAfter: 120,
    onCycle: ({ cycle }) => cycle === 2 && ended.abort(),
    signal: ended.signal,
  });
  expect(broken).toEqual(after.slice(0, 2));
});

test("popularity is renewed after each cycle, and the fast loop serves on it", async () => {
  const marked: number[] = [];
  const result = await run("renewed", {
    cycles: 2,
    decisionsPerCycle: 60,
    onCycle: async (_, store) => {
      const decided = await store.decisions.recent(60);
      marked.push(decided.filter(({ decision }) => decision.fastLoop).length);
    },
  });
  expect(result.map(({ note }) => note)).toEqual(["renewed", "renewed"]);
  // The first decision of a version finds its model not read yet.
  expect(marked).toEqual([0, 59]);
});

test("the fast loop alone gets better, and its policy stays the first one", async () => {
  const versions: unknown[] = [];
  const result = await run("fast", {
    onCycle: async (_: unknown, store: Store) =>
      versions.push((await store.policies.assignment(world.name)).serving),
  });
  expect(versions).toEqual([1, 1]);
  const [first, last] = result;
  const error = Math.hypot(first!.standardError, last!.standardError);
  expect(last!.meanReward - first!.meanReward).toBeGreaterThan(4 * error);
});

test("a strategy of the caller's own updates from the record that its policies serve", async () => {
  const counts: number[] = [];
  const result = await run(async ({ store, scenario, clock }) => ({
    update: async () => {
      const span = { scenario: scenario.name, closedBefore: clock(), after: 0 };
      counts.push((await store.decisions.closedSpan(span)).count);
      return "watched";
    },
  }));
  expect(result.map(({ note }) => note)).toEqual(["watched", "watched"]);
  expect(counts).toEqual([120, 240]);
});

test("a world with more items, users and events than a call takes is played", async () => {
  const many = Array.from({ length: 1001 }, (_, row) => row);
  const large: World = {
    ...world,
    items: [...world.items, ...many.map((row) => sampleItem(`shelf-${row}`))],
    users: [...users, ...many.map((row) => sampleUser(`guest-${row}`))],
    history: many.map((row) => ({ ...world.history[0]!, userId: userId(`guest-${row}`) })),
  };
  const cycles = await run("popularity", { world: large, cycles: 1, decisionsPerCycle: 5 });
  expect(cycles).toHaveLength(1);
});

test("the same seed gives the same rewards, another seed others", async () => {
  const rewards = async (seed: number) =>
    (await run("popularity", { seed, decisionsPerCycle: 50 })).map(({ meanReward }) => meanReward);
  expect(await rewards(1)).toEqual(await rewards(1));
  expect(await rewards(2)).not.toEqual(await rewards(1));
});

test("the standard error is that of the mean, by hand", async () => {
  const [result] = await run("popularity", { cycles: 1, decisionsPerCycle: 2 });
  const slates = [0.9, 0.3, 0.05];
  const pairs = slates.flatMap((a) => slates.map((b) => [a, b] as const));
  const found = pairs.find(([a, b]) => Math.abs((a + b) / 2 - result!.meanReward) < 1e-12)!;
  expect(result!.standardError).toBeCloseTo(Math.abs(found[0] - found[1]) / 2, 12);
});

test("a signal ends the loop at the last whole cycle", async () => {
  const abort = new AbortController();
  const result = await run("popularity", {
    cycles: 5,
    decisionsPerCycle: 20,
    signal: abort.signal,
    onCycle: ({ cycle }) => cycle === 2 && abort.abort(),
  });
  expect(result.map(({ cycle }) => cycle)).toEqual([1, 2]);
  expect(await run("popularity", { signal: AbortSignal.abort() })).toEqual([]);
});

test("the database is closed where a loop fails or does not exist", async () => {
  const close = vi.spyOn(Database.prototype, "close");
  onTestFinished(() => close.mockRestore());
  const fail = () => {
    throw new Error("no such visit");
  };
  await expect(run("popularity", { world: { ...world, visit: fail } })).rejects.toThrow(
    "no such visit",
  );
  expect(close).toHaveBeenCalledTimes(1);
  await expect(run("thompson" as never)).rejects.toThrow("no strategy thompson");
  expect(close).toHaveBeenCalledTimes(2);
});

test("a policy that can't be used ends the run: the baseline's slates are not the strategy's", async () => {
  const get = () => Promise.reject(new Error("no runtime"));
  const policies = { get, problem: () => undefined, close: () => Promise.resolve() };
  await expect(run(async () => ({ policies, update: async () => "" }))).rejects.toThrow(
    "visit 0 of tiny: policy 1 can't be used: no runtime",
  );
});

test("what its policy holds of native memory is released where a loop fails", async () => {
  // The library declares a factory, but exports the class.
  const sessions = getRuntime().InferenceSession;
  const { prototype } = sessions as unknown as { readonly prototype: InferenceSession };
  const create = vi.spyOn(sessions, "create");
  const release = vi.spyOn(prototype, "release");
  onTestFinished(() => void vi.restoreAllMocks());
  const onCycle = () => {
    throw new Error("nobody listens");
  };
  await expect(run("softmax", { decisionsPerCycle: 20, onCycle })).rejects.toThrow(
    "nobody listens",
  );
  expect(create.mock.calls.length).toBeGreaterThan(0);
  expect(release.mock.calls.length).toBe(create.mock.calls.length);
});

test("a policy from the reward model maps the mean of the heads that remember everything", async () => {
  const views = sampleViews(4);
  const critic = randomNetwork(criticShape, views, createRandom(1));
  const state = sampleState([[views[0]!, 1]]);
  const policy = await createRewardPolicy(critic, (values) => values.map((value) => 10 * value));
  onTestFinished(() => policy.close());
  const scorer = await createScorer(critic, { batchStates: 1, threads: 1 });
  const [heads = []] = await scorer.score([{ state, candidates: views }]);
  await scorer.close();
  const long = heads.slice(rewardHeadCount - bootstraps, rewardHeadCount);
  const expected = views.map(
    (_, a) =>
      (10 * long.reduce((sum, head) => sum + 1 / (1 + Math.exp(-head[a]!)), 0)) / bootstraps,
  );
  expect(largestDifference(expected, await policy.logits(state, views))).toBeLessThan(1e-6);
  expect(policy.kind).toBe("network");
});
