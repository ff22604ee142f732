import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import {
  findConfigurationFile,
  loadConfiguration,
} from "../../engine/configuration/load-configuration.ts";
import {
  type DatabaseState,
  inspectDatabase,
  openStore,
  type Store,
} from "../../engine/open-store.ts";
import { createServingPolicies } from "../../engine/serving/serving-policies.ts";
import { cycleProblems } from "../../engine/views/health.ts";
import { assignedVersions } from "../../engine/views/list-policies.ts";
import { findStarvation, readLearnerHealth } from "../../engine/views/liveness.ts";
import { formatFigure, formatSeconds } from "../../numeric/format.ts";
import { chooseConfiguration, type DatabaseOptions } from "../database.ts";
import { checkExposure } from "../host.ts";

/** Result of a look at one thing: its state, or a problem with its remedy. */
export interface Check {
  readonly name: string;
  readonly text: string;
  readonly isProblem: boolean;
}

export interface DoctorOptions extends DatabaseOptions {
  /** Address that the server listens on. */
  readonly host: string;
}

interface Parts {
  readonly options: DoctorOptions;
  readonly store: Store;
  readonly configuration: Configuration;
}

const well = (name: string, text: string): Check => ({ name, text, isProblem: false });
const problem = (name: string, text: string): Check => ({ name, text, isProblem: true });

/** A failed look is a problem: its message has the remedy. */
async function look(name: string, read: () => Promise<Check> | Check): Promise<Check> {
  try {
    return await read();
  } catch (error) {
    return problem(name, (error as Error).message);
  }
}

const gibibyte = 2 ** 30;
const inGibibytes = (bytes: number) => `${formatFigure(bytes / gibibyte)} GiB`;

function checkDatabase({ database }: DoctorOptions, state: DatabaseState | undefined): Check {
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
function checkDisk(
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

async function checkFile({ config = findConfigurationFile() }: DoctorOptions): Promise<Check> {
  if (config === undefined) return well("configuration", "the defaults");
  await loadConfiguration(config);
  return well("configuration", config);
}

async function checkLearner({ store, configuration }: Parts): Promise<Check> {
  const learner = await readLearnerHealth({ store, configuration, clock: Date.now });
  const { up, heartbeatAgeSeconds: age } = learner;
  const seen =
    age === undefined ? "no learner has ever been seen" : `seen ${formatSeconds(age)} ago`;
  if (!up)
    return problem(
      "learner",
      `${seen}: start recurve serve or recurve learn, and look into its log`,
    );
  const starved = findStarvation(learner, configuration.learner, Number.POSITIVE_INFINITY);
  if (starved !== undefined) return problem("learner", starved);
  const waiting = Object.entries(learner.waitingDecisions);
  const counts = waiting.map(([scenario, count]) => `${count} of ${scenario}`).join(", ");
  return well("learner", `${seen}; decisions that wait to be learnt: ${counts}`);
}

async function checkCycles({ store, configuration }: Parts): Promise<Check> {
  const problems: string[] = [];
  for (const { name: scenario } of configuration.scenarios) {
    const [last] = await store.cycles.list({ scenario, limit: 1 });
    if (last !== undefined) problems.push(...cycleProblems(last));
  }
  if (problems.length === 0) return well("cycles", "the last of each scenario came to a verdict");
  return problem("cycles", problems.join("; "));
}

async function checkPolicies({ store, configuration }: Parts): Promise<Check> {
  const policies = createServingPolicies(store.policies);
  try {
    let count = 0;
    for (const { name } of configuration.scenarios) {
      for (const version of assignedVersions(await store.policies.assignment(name))) {
        await policies.get(version);
        count += 1;
      }
    }
    return well("policies", `${count} in use, all readable`);
  } finally {
    await policies.close();
  }
}

async function checkKeys({ options: { host }, store, configuration }: Parts): Promise<Check> {
  return well(
    "access",
    (await checkExposure(store, configuration, host)) ?? `${host} is this machine's alone`,
  );
}

async function checkRecord(options: DoctorOptions): Promise<readonly Check[]> {
  const store = await openStore(options.database);
  try {
    const { configuration } = await chooseConfiguration(store, options.config);
    const parts = { options, store, configuration };
    return [
      await look("access", () => checkKeys(parts)),
      await look("policies", () => checkPolicies(parts)),
      await look("learner", () => checkLearner(parts)),
      await look("cycles", () => checkCycles(parts)),
    ];
  } finally {
    await store.close();
  }
}

/** Looks at a record and its surroundings, and changes neither. */
export async function diagnose(options: DoctorOptions): Promise<readonly Check[]> {
  let state: DatabaseState | undefined;
  const database = await look("database", () => {
    state = inspectDatabase(options.database);
    return checkDatabase(options, state);
  });
  const configuration = await look("configuration", () => checkFile(options));
  const disk = await look("disk", () => checkDisk(options, state ?? { sizeBytes: 0 }));
  const all = [configuration, database, disk];
  // The rest needs both; opening an older schema would change it.
  if (database.isProblem || configuration.isProblem) return all;
  return [...all, ...(await checkRecord(options))];
}
