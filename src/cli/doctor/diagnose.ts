import { type DatabaseState, inspectDatabase } from "../../engine/open-store.ts";
import { type Check, type DoctorOptions, look } from "./check.ts";
import { checkRecord } from "./check-record.ts";
import { checkDatabaseFile, checkDisk, checkFile } from "./check-surroundings.ts";

/** Looks at a record and its surroundings, and changes neither. */
export async function diagnose(options: DoctorOptions): Promise<readonly Check[]> {
  let state: DatabaseState | undefined;
  const database = await look("database", () => {
    state = inspectDatabase(options.database);
    return checkDatabaseFile(options, state);
  });
  const configuration = await look("configuration", () => checkFile(options));
  const disk = await look("disk", () => checkDisk(options, state ?? { sizeBytes: 0 }));
  const all = [configuration, database, disk];
  // The rest needs both; opening an older schema would change it.
  if (database.isProblem || configuration.isProblem) return all;
  return [...all, ...(await checkRecord(options))];
}
