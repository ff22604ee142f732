import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const larger = resolve(
  import.meta.dirname,
  "../..",
  process.env.RECURVE_GOLDEN ?? "../shared/golden",
);

const committed = resolve(import.meta.dirname, "peers");

/** Numbers that peers' code computed, with their provenance; undefined where they are neither at hand nor in the repository. */
export function findPeerGolden<T>(file: string): T | undefined {
  const path = [larger, committed].map((folder) => resolve(folder, file)).find(existsSync);
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, "utf8")) as T);
}

/** For the files that are in the repository. */
export function getPeerGolden<T>(file: string): T {
  const golden = findPeerGolden<T>(file);
  if (golden === undefined) throw new Error(`${file} is not in ${committed}`);
  return golden;
}
