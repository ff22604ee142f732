import type { Logger } from "pino";
import { EngineError } from "../domain/errors.ts";
import type { Configuration } from "../engine/configuration/configuration.ts";
import { openServingStore, type Store } from "../engine/open-store.ts";
import type { Recurve } from "../host/recurve.ts";
import { serveStore } from "../host/serve-store.ts";
import type { LearnerListeners } from "../host/start-learner.ts";
import { startTelemetry } from "../host/start-telemetry.ts";
import { describeFailure } from "../server/failure-log.ts";
import { type FetchHandler, listen } from "../server/listen.ts";
import type { SharedMetrics } from "../server/metrics.ts";
import { isLoopback } from "../server/security/hosts.ts";
import { createStartingApp } from "../server/starting-app.ts";
import { logCycle } from "./cycle-line.ts";
import type { ChosenConfiguration } from "./database.ts";
import type { LogOptions } from "./log.ts";
import { logTraining } from "./training-line.ts";

export interface HostOptions extends LogOptions {
  readonly database: string;
  readonly host: string;
  readonly port: number;
  /** Whether a learner process is started too. */
  readonly learner: boolean;
  readonly log: Logger;
  /** Ends readiness, before the host is closed. */
  readonly signal: AbortSignal;
  /** Of a worker beside others: another process has its learner, and tells people. */
  readonly worker?: SharedMetrics;
  /** Chosen once the record can be looked into. */
  readonly configure: (store: Store) => Promise<ChosenConfiguration>;
}

/** The serving process: record, engine, HTTP server and learner. */
export interface Host extends ChosenConfiguration {
  readonly url: string;
  /** Answers requests under way, then closes the record. */
  close(): Promise<void>;
}

/**
 * Other machines may reach any address but loopback.
 * @returns a warning if keys or a proxy guard it, else nothing
 * @throws invalid_configuration if nothing does
 */
export async function checkExposure(
  { keys }: Pick<Store, "keys">,
  { server }: Pick<Configuration, "server">,
  host: string,
): Promise<string | undefined> {
  if (isLoopback(host)) return undefined;
  if (server.authentication === "proxy")
    return `${host} may be reachable from other machines, and server.authentication is "proxy": who reaches the port past the proxy can read and change everything`;
  if (server.authentication === "keys" || (await keys.list()).length > 0)
    return `${host} may be reachable from other machines, over plain HTTP: put a proxy with TLS in front of it, so that nobody can read keys on their way`;
  const message = `host is ${host}, which other machines may reach, and there is no API key: make one with recurve keys create --scope admin --name <name>, leave out --host, or set server.authentication to "proxy" if a proxy asks who they are`;
  throw new EngineError("invalid_configuration", message, { details: { host } });
}

const openRecurve = (
  store: Store,
  { configuration }: ChosenConfiguration,
  options: HostOptions,
) => {
  const { database, learner, log, signal, worker } = options;
  return serveStore(store, {
    database,
    configuration,
    learner: learner && worker === undefined,
    expectsLearner: learner,
    ...(worker && { sharedMetrics: worker }),
    log: { warn: (line) => log.warn(line), error: (line) => log.error(line) },
    logError: (err, request) => {
      const fields = err instanceof EngineError ? { code: err.code } : { err };
      log.error({ ...fields, ...request }, describeFailure(err, request));
    },
    logAudited: (request) => {
      const { method, route, keyName, status } = request;
      const by = keyName === undefined ? "without a key" : `by key ${keyName}`;
      log.info(request, `${method} ${route} ${by}: ${status}`);
    },
    isClosing: () => signal.aborted,
    host: options.host,
    ...logLearner(options),
  });
};

export const logLearner = (
  options: HostOptions,
): Pick<LearnerListeners, "onCycle" | "onProgress"> => ({
  onCycle: (cycle) => logCycle(options.log, cycle, options),
  onProgress: (progress, scenario) => logTraining(options.log, scenario, progress),
});

/** The port is open before the record is read, so that `/ready` answers while the catalogue is. */
async function listenWhileStarting(
  { host, port, log }: HostOptions,
  { server: { maxConnections } }: Pick<Configuration, "server">,
) {
  let current: FetchHandler = createStartingApp().fetch;
  const fetch: FetchHandler = (...request) => current(...request);
  const logWarning = (line: string) => log.warn(line);
  const listening = await listen({ app: { fetch }, host, port, maxConnections, logWarning });
  const handOver = (recurve: Recurve) => {
    current = recurve.fetch;
  };
  return { ...listening, handOver };
}

async function serveHost(store: Store, options: HostOptions): Promise<Host> {
  const chosen = await options.configure(store);
  const exposure = await checkExposure(store, chosen.configuration, options.host);
  const { url, close, handOver } = await listenWhileStarting(options, chosen.configuration);
  if (exposure !== undefined && !options.worker) options.log.warn(exposure);
  try {
    const recurve = await openRecurve(store, chosen, options);
    handOver(recurve);
    return {
      ...chosen,
      url,
      close: async () => {
        await close();
        await recurve.close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws port_in_use, storage_unavailable, unsupported_database_version, invalid_configuration */
export async function openHost(options: HostOptions): Promise<Host> {
  const stopTelemetry = await startTelemetry("recurve");
  const store = await openServingStore(options.database);
  try {
    const host = await serveHost(store, options);
    // The last figures are read from the record.
    return { ...host, close: () => stopTelemetry().then(host.close) };
  } catch (error) {
    await store.close();
    throw error;
  }
}
