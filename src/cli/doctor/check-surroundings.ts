import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import {
  findConfigurationFile,
  loadConfiguration,
} from "../../engine/configuration/load-configuration.ts";
import type { DatabaseState } from "../../engine/open-store.ts";
import { formatFigure } from "../../numeric/format.ts";
import { type Check, type DoctorOptions, problem, well } from "./check.ts";

const gibibyte = 2 ** 30;
const inGibibytes = (bytes: number) => `${formatFigure(bytes / gibibyte)} GiB`;

export function checkDatabaseFile(
  { database }: DoctorOptions,
  state: DatabaseState | undefined,
): Check {
  if (state === undefined)
    return problem(
      "database",
      `there is no file ${database}: name it with --database, or create one with recurve serve`,
    );
  const { version, newest, damage, sizeBytes } = state;
  if (damage.length > 0)
    return problem("database", `${database} is damaged (${damage.join("; ")}): restore a backup`);
  if (version < newest)
    return problem(
      "database",
      `${database} has version ${version} of the schema, this program writes ${newest}: recurve backup, then start recurve serve, which changes it`,
    );
  return well("database", `${database}, ${inGibibytes(sizeBytes)}, whole, schema ${version}`);
}

/** A backup beside the database needs as much again. */
export function checkDisk(
  { database }: DoctorOptions,
  { sizeBytes }: { readonly sizeBytes: number },
): Check {
  const { bavail, bsize } = statfsSync(dirname(database));
  const needed = Math.max(gibibyte, sizeBytes);
  const free = `${inGibibytes(bavail * bsize)} free`;
  if (bavail * bsize >= needed) return well("disk", free);
  return problem(
    "disk",
    `${free} beside ${database}: free up to ${inGibibytes(needed)}, for its growth and for a backup`,
  );
}

export async function checkFile({
  config = findConfigurationFile(),
}: DoctorOptions): Promise<Check> {
  if (config === undefined) return well("configuration", "the defaults");
  await loadConfiguration(config);
  return well("configuration", config);
}
