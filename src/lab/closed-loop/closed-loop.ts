import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Scenario } from "../../domain/scenario.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import { createEngine } from "../../engine/create-engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { batchesOf } from "../../engine/input/batches.ts";
import { withoutChecks } from "../../engine/input/check-engine.ts";
import { openStore, type Store } from "../../engine/open-store.ts";
import { createRandom } from "../../numeric/random.ts";
import { createStrategy } from "./strategies.ts";
import type { Strategy, StrategyName, StrategyOptions } from "./strategy.ts";
import { startOfTime, worldConfiguration } from "./world-configuration.ts";

export interface CycleReward {
  readonly cycle: number;
  /** Mean over the cycle's visits of the true expected reward of the slates shown, in reward units. */
  readonly meanReward: number;
  readonly standardError: number;
  /** The report of the update after these visits. */
  readonly note: string;
}

export interface ClosedLoopOptions {
  readonly world: World<CatalogueVisit>;
  /** A strategy of the caller's own serves the record's policies in the configuration of MPO. */
  readonly strategy: StrategyName | ((parts: StrategyOptions) => Promise<Strategy>);
  readonly cycles: number;
  readonly decisionsPerCycle: number;
  readonly seed: number;
  readonly threads: number;
  /** A record that `createStart` made of this world, which stays as it is; left out: nothing is learned before the first visit. */
  readonly start?: string;
  /** After the update of a cycle, with the record as it is then; awaited. */
  readonly onCycle?: (result: CycleReward, store: Store) => unknown;
  readonly signal?: AbortSignal;
}

const secondsPerVisit = 1;

function summarise(cycle: number, rewards: readonly number[], note: string): CycleReward {
  const meanReward = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - meanReward) ** 2, 0);
  const standardError = Math.sqrt(squares / (rewards.length - 1) / rewards.length);
  return { cycle, meanReward, standardError, note };
}

/** Parts of a loop, and the time that its visits move. */
interface Loop {
  readonly store: Store;
  readonly engine: Engine;
  readonly strategy: Strategy;
  readonly scenario: Scenario;
  wait(seconds: number): void;
  /** Until then, unless it is later already. @param at seconds since the first visit could be */
  waitUntil(at: number): void;
}

/** A loop for comparison serves under one version, which nothing confirms: it retrieves for itself. */
async function retrieveByServing(store: Store, scenario: string): Promise<void> {
  const { serving, ...rest } = await store.policies.assignment(scenario);
  if (serving === undefined) throw new RangeError(`nothing serves in scenario ${scenario}`);
  const assignment = { ...rest, serving, retriever: serving };
  await store.policies.apply({ assign: () => ({ scenario, assignment }) });
}

async function openLoop(store: Store, options: ClosedLoopOptions): Promise<Loop> {
  const { world, strategy: chosen, seed } = options;
  const isNamed = typeof chosen !== "function";
  const configuration = worldConfiguration(world, isNamed ? chosen : "mpo-no-loop");
  const [scenario] = configuration.scenarios;
  if (scenario === undefined) throw new RangeError("the configuration has no scenario");
  let now = startOfTime;
  const parts = { store, configuration, clock: () => now };
  const about = { ...options, ...parts, scenario };
  const strategy = await (isNamed ? createStrategy(chosen, about) : chosen(about));
  const ids = createRandom(seed).split("ids");
  const checked = await createEngine({
    ...parts,
    random: createRandom(seed).split("decisions"),
    createId: () => `${ids.integer(2 ** 32)}-${ids.integer(2 ** 32)}`,
    ...(strategy.policies === undefined ? {} : { policies: strategy.policies }),
  });
  if (strategy.policies !== undefined) await retrieveByServing(store, scenario.name);
  // A world's history is longer than a call of the library allows.
  const engine = withoutChecks(checked);
  const wait = (seconds: number) => {
    now += seconds * 1000;
  };
  const waitUntil = (at: number) => {
    now = Math.max(now, startOfTime + at * 1000);
  };
  return { store, engine, strategy, scenario, wait, waitUntil };
}

/** The world's events without a slate, which no reward window holds any more. */
async function recordEvents({ engine, scenario, wait }: Loop, events: World["history"]) {
  if (events.length === 0) return;
  wait(scenario.reward.windowSeconds);
  for (const batch of batchesOf(events)) await engine.record(batch);
}

/** One visit. @returns the true expected reward of its slate */
async function visit(loop: Loop, world: World<CatalogueVisit>, turn: number) {
  const { engine, scenario, wait } = loop;
  await recordEvents(loop, world.eventsBefore?.(turn) ?? []);
  const made = world.itemsBefore?.(turn) ?? [];
  const { at, ...request } = world.visit(turn);
  if (at === undefined) wait(secondsPerVisit);
  else loop.waitUntil(at);
  if (made.length > 0) await engine.putItems(made);
  const { decision, fallback } = await engine.recommend({ ...request, scenario: scenario.name });
  // It would count as the strategy's, but the baseline made it.
  if (fallback !== undefined) throw new Error(`visit ${turn} of ${world.name}: ${fallback}`);
  const { userId, decisionId } = decision;
  const reactions = world.react(turn, decision.slate);
  if (reactions.length > 0) {
    await engine.record(reactions.map((reaction) => ({ ...reaction, userId, decisionId })));
  }
  // Otherwise a turn's state would depend on the machine's speed.
  await engine.idle();
  return world.expectedReward(turn, decision.slate);
}

/** Visits and an update after each cycle of them, until the last cycle or the signal. */
async function play(loop: Loop, options: ClosedLoopOptions): Promise<readonly CycleReward[]> {
  const { world, decisionsPerCycle, signal } = options;
  const results: CycleReward[] = [];
  for (let cycle = 1; cycle <= options.cycles; cycle++) {
    const rewards: number[] = [];
    while (rewards.length < decisionsPerCycle && !signal?.aborted) {
      rewards.push(await visit(loop, world, (cycle - 1) * decisionsPerCycle + rewards.length));
    }
    if (signal?.aborted) break;
    loop.wait(loop.scenario.reward.windowSeconds);
    const result = summarise(cycle, rewards, await loop.strategy.update());
    results.push(result);
    await options.onCycle?.(result, loop.store);
  }
  return results;
}

async function fillRecord({ engine, strategy }: Loop, world: World<CatalogueVisit>): Promise<void> {
  if (world.campaigns) await engine.putCampaigns(world.campaigns);
  for (const items of batchesOf(world.items)) await engine.putItems(items);
  for (const users of batchesOf(world.users)) await engine.putUsers(users);
  for (const edges of batchesOf(world.edges ?? [])) await engine.putEdges(edges);
  for (const events of batchesOf(world.history)) await engine.record(events);
  await strategy.begin?.();
}

async function playWorld(path: string, options: ClosedLoopOptions) {
  const store = await openStore(path);
  try {
    const loop = await openLoop(store, options);
    try {
      if (options.start === undefined) await fillRecord(loop, options.world);
      return await play(loop, options);
    } finally {
      await loop.engine.close();
    }
  } finally {
    await store.close();
  }
}

/** On a copy beside the start, which is removed at the end. */
async function playFrom(start: string, options: ClosedLoopOptions) {
  const folder = await mkdtemp(join(dirname(start), "loop-"));
  try {
    const path = join(folder, "record.db");
    await copyFile(start, path);
    return await playWorld(path, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the whole loop in one process on an embedded database: visits, slates, reactions, updates.
 *
 * @throws if a policy can't be used, so that no result is of the baseline in its place
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<readonly CycleReward[]> {
  const { start } = options;
  return start === undefined ? playWorld(":memory:", options) : playFrom(start, options);
}
