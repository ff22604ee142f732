import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Text that was stored before records had a version: of a cycle that reached its gate, of a policy that was promoted. */
export const storedText = (name: "cycle" | "evidence"): string =>
  readFileSync(join(import.meta.dirname, "records", `${name}.json`), "utf8");
