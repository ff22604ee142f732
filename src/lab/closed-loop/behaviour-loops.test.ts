import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { createWalk } from "../../../tests/support/walk.ts";
import { openStore } from "../../engine/open-store.ts";
import { type ClosedLoopOptions, runClosedLoop } from "./closed-loop.ts";
import { type StrategyName, trainedStrategyNames } from "./strategy.ts";
import { createStart, readEvents } from "./train-on-behaviour.ts";
import { worldConfiguration } from "./world-configuration.ts";

const cycles = 2;
const decisionsPerCycle = 50;
const turns = cycles * decisionsPerCycle;

const shared = mkdtempSync(join(tmpdir(), "recurve-start-"));
afterAll(() => rmSync(shared, { recursive: true }));
const training = { seed: 1, threads: 1, onProgress: () => {} };
let start: ReturnType<typeof makeStart> | undefined;
async function makeStart() {
  const world = await createWalk(turns);
  const path = join(shared, "start.db");
  return { world, path, cycle: await createStart({ path, world, ...training }) };
}
/** Trained once, as the benches share it. */
function createWalkStart() {
  start ??= makeStart();
  return start;
}

function playFrom(start: string, strategy: StrategyName, options: Partial<ClosedLoopOptions>) {
  const world = options.world!;
  const shape = { cycles, decisionsPerCycle, seed: 3, threads: 1 };
  return runClosedLoop({ ...shape, start, strategy, ...options, world });
}

const rewardsOf = (played: readonly { readonly meanReward: number }[]) =>
  played.map(({ meanReward }) => meanReward);

test("all strategies start with one trained policy on the same record", {
  timeout: 120_000,
}, async () => {
  const { world, path, cycle } = await createWalkStart();
  expect(cycle.outcome).toBe("initial");
  const played = new Map<StrategyName, readonly number[]>();
  const notes = new Map<StrategyName, readonly string[]>();
  for (const strategy of trainedStrategyNames) {
    const own = strategy === "mpo" || strategy === "nightly" ? 1 : cycles;
    const results = await playFrom(path, strategy, { world, cycles: own });
    played.set(strategy, rewardsOf(results));
    notes.set(
      strategy,
      results.map(({ note }) => note),
    );
  }
  // The loop and the frozen policy are one until the first update.
  expect(played.get("mpo")![0]).toBe(played.get("frozen")![0]);
  expect(notes.get("frozen")).toEqual(["stands still", "stands still"]);
  expect(notes.get("nightly")).toEqual(["retrained"]);
  expect(notes.get("markov")).toEqual(["refitted", "refitted"]);
  // Whoever knows the walk is far above the counts, which are the same for all items.
  const mean = (strategy: StrategyName) => {
    const rewards = played.get(strategy)!;
    return rewards.reduce((sum, one) => sum + one) / rewards.length;
  };
  for (const strategy of ["frozen", "nightly", "markov"] as const)
    expect(mean(strategy)).toBeGreaterThan(1.5 * mean("most-consumed"));
});

test("behaviour goes on between visits, whatever was shown, and clicks are events beside it", async () => {
  const { world, path } = await createWalkStart();
  const counts: number[] = [];
  const lastTurn = (cycle: number) => cycle * decisionsPerCycle - 1;
  await playFrom(path, "frozen", {
    world,
    onCycle: async ({ cycle }, store) => {
      const behaviour = await readEvents(store);
      const consumed = behaviour.filter(({ type }) => type === "consumption").length;
      counts.push(consumed);
      const happened = Array.from({ length: lastTurn(cycle) + 1 }, (_, turn) => turn);
      const expected = happened.reduce(
        (sum, turn) => sum + world.eventsBefore!(turn).length,
        world.history.length,
      );
      expect(consumed).toBe(expected);
      // A consumption after the reward window is no reward of the slate before it.
      const newest = await store.decisions.recent(decisionsPerCycle);
      expect(newest).toHaveLength(decisionsPerCycle);
      for (const [back, { decision, rewards }] of newest.entries()) {
        const clicked = world.react(lastTurn(cycle) - back, decision.slate);
        const paid = decision.slate.filter((_, position) => rewards[position]);
        expect(paid).toEqual(clicked.map(({ itemId }) => itemId));
      }
    },
  });
  expect(counts).toHaveLength(cycles);
});

test("a user is never shown an item again that they have consumed or clicked", async () => {
  const { world, path } = await createWalkStart();
  await playFrom(path, "markov", {
    world,
    onCycle: async (_, store) => {
      for (const { decision } of await store.decisions.recent(decisionsPerCycle)) {
        const seen = await store.events.lastEvents(decision.userId, decision);
        expect(decision.slate.filter((item) => seen.has(item))).toEqual([]);
      }
    },
  });
});

test("the same seed gives the same rewards, and the start stays as it was", async () => {
  const { world, path } = await createWalkStart();
  const play = async () => rewardsOf(await playFrom(path, "frozen", { world, cycles: 1 }));
  expect(await play()).toEqual(await play());
  expect(readdirSync(shared)).toEqual(["start.db"]);
  const store = await openStore(path);
  onTestFinished(() => store.close());
  expect(await store.decisions.count({ scenario: "catalogue" })).toBe(0);
  expect(await store.events.count()).toBe(world.history.length);
});

test("a start that can't be trained leaves no file", async () => {
  const world = { ...(await createWalk(turns)), history: [] };
  const path = join(createTestFolder(), "start.db");
  await expect(createStart({ path, world, ...training })).rejects.toThrow("nothing to train on");
  expect(readdirSync(join(path, ".."))).toEqual([]);
  // What a broken training left is no obstacle.
  mkdirSync(`${path}.draft`);
  writeFileSync(join(`${path}.draft`, "record.db"), "half a record");
  const { history } = await createWalk(turns);
  await createStart({ path, world: { ...world, history }, ...training });
  expect(readdirSync(join(path, ".."))).toEqual(["start.db"]);
});

test("loops that serve the best items alone explore by their own share", async () => {
  const world = await createWalk(turns);
  const explorationOf = (name: StrategyName) =>
    worldConfiguration(world, name).scenarios[0]!.exploration;
  for (const name of ["nightly", "most-consumed", "markov"] as const)
    expect(explorationOf(name)).toBe(explorationOf("epsilon-greedy"));
  expect(explorationOf("frozen")).toBe(explorationOf("mpo"));
  expect(worldConfiguration(world, "mpo").scenarios[0]!.excludeSeen).toBe(true);
});
