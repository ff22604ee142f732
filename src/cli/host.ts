import { randomInt, randomUUID } from "node:crypto";
import type { Configuration } from "../engine/configuration.ts";
import { createEngine } from "../engine/create-engine.ts";
import { openStore, type Store } from "../engine/open-store.ts";
import { createRandom } from "../numeric/random.ts";
import type { App } from "../server/app.ts";
import { createServer } from "../server/create-server.ts";
import { listen } from "../server/listen.ts";
import { createStartingApp } from "../server/starting-app.ts";
import type { ChosenConfiguration } from "./database.ts";
import type { Log } from "./log.ts";
import { dashboardFolder, version } from "./package.ts";

export interface HostOptions {
  readonly database: string;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Ends readiness, before the host is closed. */
  readonly signal: AbortSignal;
  /** Whether a learner is started beside. */
  readonly expectsLearner: boolean;
  /** Chosen once the record can be looked into. */
  readonly configure: (store: Store) => Promise<ChosenConfiguration>;
}

/** The serving process: record, engine and HTTP server. */
export interface Host extends ChosenConfiguration {
  readonly url: string;
  /** Answers requests under way, then closes the record. */
  close(): Promise<void>;
}

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

/** What an operator must know of an address that other machines may reach; `undefined` for this machine's own. */
export const findExposure = (host: string): string | undefined =>
  isLoopback(host)
    ? undefined
    : `${host} may be reached from other machines, and Recurve has no keys yet: whoever reaches the port reads and changes everything. Let a proxy that asks who calls stand before it, or a firewall, or leave out --host`;

async function createApp(store: Store, configuration: Configuration, options: HostOptions) {
  const { log, signal, expectsLearner } = options;
  const engine = await createEngine({
    store,
    configuration,
    clock: Date.now,
    random: createRandom(randomInt(2 ** 32)),
    createId: randomUUID,
    expectsLearner,
  });
  const app = createServer({
    engine,
    version,
    clock: Date.now,
    logError: (err, request) =>
      log.error({ err, ...request }, `${request.method} ${request.route} failed`),
    logWarning: (message) => log.warn(message),
    isClosing: () => signal.aborted,
    dashboardFolder,
  });
  return { engine, app };
}

async function serveStore(store: Store, options: HostOptions): Promise<Host> {
  const chosen = await options.configure(store);
  let current: Pick<App, "fetch"> = createStartingApp();
  const fetch: App["fetch"] = (...request) => current.fetch(...request);
  const listening = await listen({ app: { fetch }, host: options.host, port: options.port });
  const exposure = findExposure(options.host);
  if (exposure !== undefined) options.log.warn(exposure);
  try {
    const { engine, app } = await createApp(store, chosen.configuration, options);
    current = app;
    return {
      ...chosen,
      url: listening.url,
      close: async () => {
        await listening.close();
        await engine.close();
        await store.close();
      },
    };
  } catch (error) {
    await listening.close();
    throw error;
  }
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
