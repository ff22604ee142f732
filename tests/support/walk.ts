import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readInteractions } from "../../src/analysis/ranking/read-interactions.ts";
import { createCatalogueWorld } from "../../src/lab/worlds/catalogue-world.ts";
import { createTestFolder } from "./store.ts";

const [items, steps] = [60, 24];

/** A world of real sequences in which everybody walks on around a circle of items, from a place of their own. */
export async function createWalk(turns: number, walkers = 80) {
  const lines = Array.from({ length: walkers }, (_, user) => {
    const own = Array.from({ length: steps }, (_, step) => 1 + ((7 * user + step) % items));
    return [user + 1, ...own].join(" ");
  });
  const path = join(createTestFolder(), "walk.txt");
  writeFileSync(path, lines.join("\n"));
  const reading = { now: 0, signal: new AbortController().signal };
  return createCatalogueWorld({ seed: 1, turns, data: await readInteractions(path, reading) });
}
