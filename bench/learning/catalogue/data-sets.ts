import { existsSync } from "node:fs";
import { join } from "node:path";
import type { InteractionData } from "../../../src/analysis/ranking/interaction-data.ts";
import { readInteractions } from "../../../src/analysis/ranking/read-interactions.ts";
import { dataFolder } from "../../../tests/support/data-folder.ts";

/** Folders of RECURVE_DATA. The first two have times. */
export const dataSets: readonly string[] = ["ml-100k", "ml-latest-small", "ml-1m", "s3rec-beauty"];

const pathOf = (name: string): string => join(dataFolder, name);

export const findObstacle = (name: string): string | undefined =>
  existsSync(pathOf(name)) ? undefined : `needs the folder ${name} in RECURVE_DATA`;

/** @throws RangeError for another name, invalid_file */
export function readDataSet(name: string): Promise<InteractionData> {
  if (!dataSets.includes(name))
    throw new RangeError(`no data set '${name}': ${dataSets.join(", ")}`);
  return readInteractions(pathOf(name), { now: Date.now(), signal: new AbortController().signal });
}
