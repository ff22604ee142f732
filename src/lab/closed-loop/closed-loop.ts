import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { batchesOf } from "../../contract/batches.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import { createEngine } from "../../engine/create-engine.ts";
import { withoutChecks } from "../../engine/input/check-engine.ts";
import { openStore, type Store } from "../../engine/open-store.ts";
import { createRandom } from "../../numeric/random.ts";
import { type CycleReward, type Loop, type PlayOptions, play } from "./play.ts";
import { createStrategy } from "./strategies.ts";
import type { Strategy, StrategyName, StrategyOptions } from "./strategy.ts";
import { startOfTime, worldConfiguration } from "./world-configuration.ts";

export interface ClosedLoopOptions extends PlayOptions {
  /** A strategy of the caller's own serves the record's policies in the configuration of MPO. */
  readonly strategy: StrategyName | ((parts: StrategyOptions) => Promise<Strategy>);
  readonly seed: number;
  readonly threads: number;
  /** A record that `createStart` made of this world, which stays as it is; left out: nothing is learned before the first visit. */
  readonly start?: string;
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
