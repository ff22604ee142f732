import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(
  import.meta.dirname,
  "../..",
  process.env.RECURVE_GOLDEN ?? "../shared/golden",
);

/** Numbers that peers' code computed, too large for the repository; undefined where they are not at hand. */
export function findPeerGolden<T>(file: string): T | undefined {
  const path = resolve(root, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : undefined;
}
