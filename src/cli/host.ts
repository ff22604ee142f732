import { randomInt, randomUUID } from "node:crypto";
import { createEngine } from "../engine/create-engine.ts";
import { openStore, type Store } from "../engine/open-store.ts";
import { createRandom } from "../numeric/random.ts";
import { createServer } from "../server/create-server.ts";
import { listen } from "../server/listen.ts";
import type { ChosenConfiguration } from "./database.ts";
import type { Log } from "./log.ts";
import { dashboardFolder, version } from "./package.ts";

export interface HostOptions {
  readonly database: string;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Chosen once the record can be looked into. */
  readonly configure: (store: Store) => Promise<ChosenConfiguration>;
}

/** The serving process: record, engine and HTTP server. */
export interface Host extends ChosenConfiguration {
  readonly url: string;
  /** Answers requests under way, then closes the record. */
  close(): Promise<void>;
}

async function serveStore(store: Store, options: HostOptions): Promise<Host> {
  const chosen = await options.configure(store);
  const engine = await createEngine({
    store,
    configuration: chosen.configuration,
    clock: Date.now,
    random: createRandom(randomInt(2 ** 32)),
    createId: randomUUID,
  });
  const app = createServer({
    engine,
    version,
    clock: Date.now,
    logError: (err, request) =>
      options.log.error({ err, ...request }, `${request.method} ${request.route} failed`),
    logWarning: (message) => options.log.warn(message),
    dashboardFolder,
  });
  const listening = await listen({ app, host: options.host, port: options.port });
  return {
    ...chosen,
    url: listening.url,
    close: async () => {
      await listening.close();
      await engine.close();
      await store.close();
    },
  };
}

/** @throws port_in_use, storage_unavailable, unsupported_database_version, invalid_configuration */
export async function openHost(options: HostOptions): Promise<Host> {
  const store = await openStore(options.database);
  try {
    return await serveStore(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}
