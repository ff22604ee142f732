import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { openSqliteStore } from "../../src/storage/sqlite/open.ts";
import type { Store } from "../../src/storage/store.ts";

export interface TestEngine {
  readonly engine: Engine;
  readonly store: Store;
  /** Stands still at 2026-03-01T12:00:00Z until it is advanced. */
  readonly clock: () => number;
  advance(seconds: number): void;
  close(): Promise<void>;
}

export const startOfTests: number = Date.UTC(2026, 2, 1, 12);

/** A real engine over a store in memory or in a file, with the default scenarios. Decisions are named d-1, d-2, … unless told otherwise. */
export async function openTestEngine(
  configuration?: unknown,
  path = ":memory:",
  idPrefix = "d",
): Promise<TestEngine> {
  const store = await openSqliteStore(path);
  let now = startOfTests;
  let ids = 0;
  const clock = () => now;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(configuration),
    clock,
    random: createRandom(7),
    createId: () => `${idPrefix}-${++ids}`,
  });
  return {
    engine,
    store,
    clock,
    advance: (seconds) => {
      now += seconds * 1000;
    },
    close: async () => {
      await engine.close();
      await store.close();
    },
  };
}
