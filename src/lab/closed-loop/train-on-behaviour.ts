import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BehaviourEvent } from "../../domain/behaviour.ts";
import type { Cycle } from "../../domain/cycle.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
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
  try {
    const parts = { ...options, configuration, scenario, clock: () => startOfTime };
    const cycle = await trainRecord(made, world, parts);
    renameSync(made, path);
    return cycle;
  } finally {
    clear();
  }
}

/** `recurve train` on a new record with the world's items, users and behaviour. */
async function trainRecord(
  path: string,
  { items, users, history }: World<CatalogueVisit>,
  options: Omit<TrainOptions, "store">,
): Promise<Cycle> {
  const store = await openStore(path);
  try {
    await store.items.put(items);
    await store.users.put(users);
    const rows = history.map((event) => ({ event: { ...event, occurredAt: startOfTime } }));
    for (let start = 0; start < rows.length; start += pageSize)
      await store.events.record(rows.slice(start, start + pageSize));
    const cycle = await train({ ...options, store });
    if (cycle === undefined) throw new RangeError("a record without decisions trained no policy");
    return cycle;
  } finally {
    await store.close();
  }
}
