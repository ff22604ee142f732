import { existsSync } from "node:fs";
import type { Command } from "commander";
import { EngineError } from "../domain/errors.ts";
import { type Configuration, loadConfiguration } from "../engine/configuration.ts";
import { openStore, type Store } from "../engine/open-store.ts";
import { demoConfiguration, demoScenario } from "./demo/demo-configuration.ts";

export interface DatabaseOptions {
  readonly database: string;
  readonly config?: string;
}

export const withDatabaseOptions = (command: Command): Command =>
  command
    .option("--database <file>", "the record: an SQLite file", "recurve.db")
    .option("--config <file>", "configuration as JSON; see docs/guides/configuration.md");

/** A file, or the configuration that the database was started with: a demo's own, the defaults otherwise. */
export async function chooseConfiguration(store: Store, path?: string): Promise<Configuration> {
  const isDemo = path === undefined && (await isDemoDatabase(store));
  return isDemo ? demoConfiguration : loadConfiguration(path);
}

export async function isDemoDatabase(store: Store): Promise<boolean> {
  const { serving } = await store.policies.assignment(demoScenario);
  return serving !== undefined;
}

/** Opens the record of a command that reads or improves what is there. @throws not_found where there is no file */
export async function withDatabase<T>(
  { database, config }: DatabaseOptions,
  use: (parts: { readonly store: Store; readonly configuration: Configuration }) => Promise<T>,
): Promise<T> {
  if (!existsSync(database)) {
    const message = `there is no database ${database}; name it with --database, or make one with recurve start or recurve import`;
    throw new EngineError("not_found", message, { details: { database } });
  }
  const store = await openStore(database);
  try {
    return await use({ store, configuration: await chooseConfiguration(store, config) });
  } finally {
    await store.close();
  }
}
