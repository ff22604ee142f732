import { batchesOf } from "../../src/contract/batches.ts";
import type { World } from "../../src/domain/world.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import type { ConfigurationInput } from "../../src/engine/configuration/define-config.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { createRandom } from "../../src/numeric/random.ts";

export interface ShopSize {
  readonly items: number;
  /** With closed windows, before the measurement: what the first cycle learns from. */
  readonly decisions: number;
}

export const createWorld = ({ items }: Pick<ShopSize, "items">): World =>
  createSyntheticWorld({ seed: 1, items, users: 1000, slateSize: 5 });

/**
 * Windows close after a second and cycles follow each other, so that learning never rests for long.
 */
export function shopConfiguration({ rewards, slateSize }: World): ConfigurationInput {
  const reward = { ...rewards, windowSeconds: 1, graceSeconds: 0 };
  return {
    scenarios: [{ name: "shop", slateSize, excludeSeen: false, reward }],
    learner: { intervalSeconds: 1, minDecisions: 200 },
  };
}

/**
 * A visit: a slate of the whole catalogue, then what the user clicks on it. @returns ms until the
 * slate was there
 */
export async function visit(engine: Engine, world: World, turn: number): Promise<number> {
  const { userId, context } = world.visit(turn);
  const askedAt = performance.now();
  const { decision } = await engine.recommend({ userId, context });
  const latencyMs = performance.now() - askedAt;
  const { decisionId } = decision;
  const clicks = world
    .react(turn, decision.slate)
    .map((reaction) => ({ ...reaction, userId, decisionId }));
  if (clicks.length > 0) await engine.record(clicks);
  return latencyMs;
}

const anHour = 3_600_000;
const visitsAtOnce = 100;

/** Catalogue, users, and decisions of an hour ago with their feedback. */
export async function fillShop(path: string, size: ShopSize): Promise<void> {
  const world = createWorld(size);
  const store = await openStore(path);
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(shopConfiguration(world)),
    clock: () => Date.now() - anHour,
    random: createRandom(1),
    createId: () => `before-${++ids}`,
  });
  for (const items of batchesOf(world.items)) await engine.putItems(items);
  for (const users of batchesOf(world.users)) await engine.putUsers(users);
  for (const events of batchesOf(world.history)) await engine.record(events);
  for (let turn = 0; turn < size.decisions; turn += visitsAtOnce) {
    const turns = Array.from({ length: visitsAtOnce }, (_, index) => turn + index);
    await Promise.all(turns.map((one) => visit(engine, world, one)));
  }
  await engine.close();
  await store.close();
}
