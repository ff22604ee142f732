import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { EngineError } from "../domain/errors.ts";
import { type Configuration, parseConfiguration } from "../engine/configuration/configuration.ts";
import {
  findConfigurationFile,
  loadConfiguration,
} from "../engine/configuration/load-configuration.ts";
import { openStore, type Store } from "../engine/open-store.ts";
import { demoConfiguration, demoScenario } from "./demo/demo-configuration.ts";
import { parseName } from "./parse-options.ts";

export interface DatabaseOptions {
  readonly database: string;
  readonly config?: string;
}

export const databaseOption = (): Option =>
  new Option("--database <file>", "record of the loop, an SQLite file")
    .env("RECURVE_DATABASE")
    .default("recurve.db")
    .argParser(parseName);

const configOption = () =>
  new Option("--config <file>", "configuration file; default: recurve.config.* of this folder")
    .env("RECURVE_CONFIG")
    .argParser(parseName);

export const withDatabaseOptions = (command: Command): Command =>
  command.addOption(databaseOption()).addOption(configOption());

export interface ChosenConfiguration {
  readonly configuration: Configuration;
  /** Its source, for people. */
  readonly origin: string;
  /** It was read from this file. */
  readonly file?: string;
}

const fromFile = async (file: string): Promise<ChosenConfiguration> => ({
  configuration: await loadConfiguration(file),
  origin: file,
  file,
});

const keepDemo = (unused: string | undefined): ChosenConfiguration => ({
  configuration: demoConfiguration,
  origin:
    unused === undefined
      ? "the demo's"
      : `the demo's, because a demo began the database; to use ${unused}, name another --database`,
});

const hasDemo = ({ configuration }: ChosenConfiguration) =>
  configuration.scenarios.some(({ name }) => name === demoScenario);

/** The file of the folder; but a demo's items and users stay apart from those of a file that knows nothing of the demo. */
async function findConfiguration(store: Store, beginsDemo: boolean): Promise<ChosenConfiguration> {
  const file = findConfigurationFile();
  const found = file === undefined ? undefined : await fromFile(file);
  const isDemo = await isDemoDatabase(store);
  if (found !== undefined && (!isDemo || hasDemo(found))) return found;
  if (isDemo || beginsDemo) return keepDemo(file);
  return { configuration: parseConfiguration(), origin: "the defaults" };
}

/**
 * @param options.beginsDemo an empty record becomes a demo's unless a file or an option is given
 */
export const chooseConfiguration = (
  store: Store,
  named: string | undefined,
  { beginsDemo = false }: { readonly beginsDemo?: boolean } = {},
): Promise<ChosenConfiguration> =>
  named === undefined ? findConfiguration(store, beginsDemo) : fromFile(named);

async function isDemoDatabase(store: Store): Promise<boolean> {
  const { serving } = await store.policies.assignment(demoScenario);
  return serving !== undefined;
}

/** Opens a record for a command that needs no configuration. @throws not_found if there is no file */
export async function withRecord<T>(
  database: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  if (!existsSync(database)) {
    const message = `there is no database ${database}; name it with --database, or create one with recurve start or recurve import`;
    throw new EngineError("not_found", message, { details: { database } });
  }
  const store = await openStore(database);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/**
 * Opens the record of a command that reads or improves it. @throws not_found if there is no file
 */
export const withDatabase = <T>(
  { database, config }: DatabaseOptions,
  use: (parts: { readonly store: Store; readonly configuration: Configuration }) => Promise<T>,
): Promise<T> =>
  withRecord(database, async (store) => {
    const { configuration } = await chooseConfiguration(store, config);
    return use({ store, configuration });
  });
