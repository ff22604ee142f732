import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readInteractions } from "../../src/analysis/ranking/read-interactions.ts";
import { runClosedLoop } from "../../src/lab/closed-loop/closed-loop.ts";
import { createCatalogueWorld } from "../../src/lab/worlds/catalogue-world.ts";
import { createTestFolder } from "../support/store.ts";

const [walkers, steps, items] = [850, 24, 60];
const decisionsPerCycle = 50;

/** Everybody walks on around the circle of items, from a place of their own. */
const lineOf = (user: number) =>
  [user + 1, ...Array.from({ length: steps }, (_, step) => 1 + ((7 * user + step) % items))].join(
    " ",
  );

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "the laboratory's MPO tries a first encoder as soon as there is enough behaviour (needs RECURVE_LONG)",
  { timeout: 600_000 },
  async () => {
    const path = join(createTestFolder(), "walk.txt");
    writeFileSync(path, Array.from({ length: walkers }, (_, user) => lineOf(user)).join("\n"));
    const reading = { now: 0, signal: new AbortController().signal };
    const data = await readInteractions(path, reading);
    // A share of the events is still to come when the loop begins.
    const world = createCatalogueWorld({ seed: 1, turns: decisionsPerCycle, data });
    const shape = { cycles: 1, decisionsPerCycle, seed: 3, threads: 1 };
    const [played] = await runClosedLoop({ ...shape, world, strategy: "mpo" });
    expect(played!.note).toMatch(", a first encoder: canary");
  },
);
