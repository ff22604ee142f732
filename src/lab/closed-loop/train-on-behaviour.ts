import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BehaviourEvent } from "../../domain/behaviour.ts";
import type { Cycle } from "../../domain/cycle.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import { type TrainOptions, train } from "../../engine/learner/train.ts";
import { openStore } from "../../engine/open-store.ts";
import type { Store } from "../../storage/store.ts";
import { startOfTime, worldConfiguration } from "./world-configuration.ts";

const pageSize = 1000;

/** All behaviour of a record in its order. */
export async function readEvents({ events }: Store): Promise<readonly BehaviourEvent[]> {
  const all: BehaviourEvent[] = [];
  for (let after = 0, more = true; more; ) {
    const page = await events.scan({ after, limit: pageSize });
    for (const { sequence, ...event } of page) {
      all.push(event);
      after = sequence;
    }
    more = page.length === pageSize;
  }
  return all;
}

interface Training {
  /** Of a record that is not there yet. */
  readonly path: string;
  readonly world: World<CatalogueVisit>;
  readonly events: readonly BehaviourEvent[];
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly threads: number;
  readonly clock: () => number;
  readonly onProgress: TrainOptions["onProgress"];
}

/**
 * `recurve train` on a record of its own, which holds the world's items and users and these events.
 * @param use the record and its training, before the record is closed
 */
export async function trainOnBehaviour<T>(
  { path, world, events, ...options }: Training,
  use: (store: Store, cycle: Cycle) => Promise<T>,
): Promise<T> {
  const store = await openStore(path);
  try {
    await store.items.put(world.items);
    await store.users.put(world.users);
    for (let start = 0; start < events.length; start += pageSize)
      await store.events.record(events.slice(start, start + pageSize).map((event) => ({ event })));
    const cycle = await train({ ...options, store });
    if (cycle === undefined) throw new RangeError("a record without decisions trained no policy");
    return await use(store, cycle);
  } finally {
    await store.close();
  }
}

export interface StartOptions {
  /** Of the record that is made; an older one is replaced. */
  readonly path: string;
  readonly world: World<CatalogueVisit>;
  readonly seed: number;
  readonly threads: number;
  readonly onProgress: TrainOptions["onProgress"];
}

/**
 * Makes the record that loops of a world start from, the same for all seeds and strategies: catalogue, behaviour, and the policy
 * that `recurve train` makes of them. The file appears when it is complete.
 * @returns the training
 */
export async function createStart({ path, world, ...options }: StartOptions): Promise<Cycle> {
  const configuration = worldConfiguration(world, "frozen");
  const [scenario] = configuration.scenarios;
  if (scenario === undefined) throw new RangeError("the configuration has no scenario");
  const draft = `${path}.draft`;
  const clear = () => rmSync(draft, { recursive: true, force: true });
  clear();
  mkdirSync(draft);
  const made = join(draft, "record.db");
  const events = world.history.map((event) => ({ ...event, occurredAt: startOfTime }));
  const clock = () => startOfTime;
  const parts = { ...options, world, events, configuration, scenario, clock };
  try {
    const cycle = await trainOnBehaviour({ ...parts, path: made }, async (_, trained) => trained);
    renameSync(made, path);
    return cycle;
  } finally {
    clear();
  }
}
