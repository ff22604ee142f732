import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { World } from "../../src/domain/world.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { runCycle } from "../../src/engine/learner/cycle/run-cycle.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { introduceWorld } from "../../tests/support/play.ts";

export interface FrozenOptions {
  readonly seed: number;
  /** Decisions of chance that the one cycle learns from. */
  readonly decisions: number;
  /** Visits to the policy that came of it. */
  readonly visits: number;
}

/** True expected rewards of the visits' slates, the tastes as the policy learnt them or replaced. */
export interface FrozenRewards {
  readonly outcome: string;
  readonly rewards: Readonly<Record<"stay" | "drift", Readonly<Record<"off" | "on", number[]>>>>;
}

const windowSeconds = 60;

function configure(world: World, enabled: boolean): Configuration {
  const { weights, minimum, maximum } = world.rewards;
  const scenario = {
    name: world.name,
    slateSize: world.slateSize,
    excludeSeen: false,
    reward: { weights, minimum, maximum, windowSeconds, graceSeconds: 0 },
    fastLoop: { enabled },
  };
  return parseConfiguration({ scenarios: [scenario], baselineShare: 0, holdbackShare: 0 });
}

/** An engine on the file, with a clock of its own, and its visits: a second each. */
async function openWorld(path: string, world: World, enabled: boolean, seed: number) {
  const store = await openStore(path);
  const configuration = configure(world, enabled);
  const newest = await store.decisions.recent(1);
  let now = newest[0]?.decision.expiresAt ?? Date.UTC(2026, 0, 1);
  const clock = () => now;
  // By its name: the folder is another one each time.
  const random = createRandom(seed).split(basename(path));
  const ids = random.split("ids");
  const createId = () => `${ids.integer(2 ** 32)}-${ids.integer(2 ** 32)}`;
  const engine: Engine = await createEngine({ store, configuration, clock, random, createId });
  const visit = async (turn: number) => {
    now += 1000;
    const { decision } = await engine.recommend(world.visit(turn));
    const { userId, decisionId, slate } = decision;
    const events = world.react(turn, slate).map((one) => ({ ...one, userId, decisionId }));
    if (events.length > 0) await engine.record(events);
    await engine.idle();
    return world.expectedReward(turn, slate);
  };
  const learn = async () => {
    now += windowSeconds * 1000;
    const scenario = configuration.scenarios[0]!;
    return runCycle({ store, configuration, scenario, clock, seed, threads: 1 });
  };
  const close = async () => {
    await engine.close();
    await store.close();
  };
  return { engine, visit, learn, close };
}

/** One cycle on what chance showed; then the same visits with the fast loop and without, on copies of the record. */
export async function playFrozen(folder: string, options: FrozenOptions): Promise<FrozenRewards> {
  const { seed, decisions, visits } = options;
  const half = decisions + visits;
  const world = createSyntheticWorld({ seed, drift: "abrupt", turns: 2 * half });
  const base = join(folder, `${seed}.db`);
  const first = await openWorld(base, world, false, seed);
  await introduceWorld(first.engine, world);
  for (let turn = 0; turn < decisions; turn++) await first.visit(turn);
  const outcome = (await first.learn())?.outcome ?? "skipped";
  await first.close();

  const play = async (start: number, enabled: boolean) => {
    const path = join(folder, `${seed}-${start}-${enabled}.db`);
    copyFileSync(base, path);
    const { visit, close } = await openWorld(path, world, enabled, seed);
    const rewards: number[] = [];
    for (let turn = start; turn < start + visits; turn++) rewards.push(await visit(turn));
    await close();
    return rewards;
  };
  const pair = async (start: number) => ({
    off: await play(start, false),
    on: await play(start, true),
  });
  return { outcome, rewards: { stay: await pair(decisions), drift: await pair(half) } };
}
