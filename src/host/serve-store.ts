import { randomInt, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { inspect } from "node:util";
import { EngineError } from "../domain/errors.ts";
import type { Configuration } from "../engine/configuration/configuration.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { createKeyring } from "../engine/keys/keyring.ts";
import type { Store } from "../engine/open-store.ts";
import { createRandom } from "../numeric/random.ts";
import type { LogAudited, LogError } from "../server/app.ts";
import { createServer, type ServerOptions } from "../server/create-server.ts";
import { describeFailure } from "../server/failure-log.ts";
import { createListener } from "../server/listen.ts";
import type { SharedMetrics } from "../server/metrics.ts";
import { createHostCheck, isLoopback } from "../server/security/hosts.ts";
import { createRefusingApp } from "../server/starting-app.ts";
import { closedError, createOpenCalls, type OpenCalls, openCallsOf } from "./open-calls.ts";
import { dashboardFolder, version } from "./package.ts";
import type { Log, Recurve, RecurveOptions } from "./recurve.ts";
import { type LearnerListeners, startLearner } from "./start-learner.ts";

/** With the record open and the configuration parsed. */
export interface ServeStoreOptions extends Omit<RecurveOptions, "configuration"> {
  readonly configuration: Configuration;
  /** Called for failed requests. Default: writes a line of `log`. */
  readonly logError?: LogError;
  /** Called while an encoder is trained. Default: nothing. */
  readonly onProgress?: LearnerListeners["onProgress"];
  /** Called for requests that erase, export or steer. Default: nothing. */
  readonly logAudited?: LogAudited;
  /** From when on `/ready` answers with 503. Default: never. */
  readonly isClosing?: () => boolean;
  /** Of one of several servers at a port. */
  readonly sharedMetrics?: SharedMetrics;
  /** A learner runs elsewhere, if none is started here. Default: no. */
  readonly expectsLearner?: boolean;
  /** Address that the caller listens on. Default: the caller knows its own names. */
  readonly host?: string;
}

interface ServerParts extends Pick<ServeStoreOptions, "logError" | "isClosing" | "sharedMetrics"> {
  readonly guards: Pick<
    ServerOptions,
    "isOwnHost" | "origins" | "keyring" | "logAudited" | "maxRequests" | "keyShare"
  >;
  readonly engine: Engine;
  readonly calls: OpenCalls;
  readonly clock: () => number;
  readonly log: Log;
}

/** A failed request as a line; a defect with its stack, its details, and those of its cause. */
const createLogError =
  (log: Log): LogError =>
  (error, request) => {
    const stack = error instanceof EngineError ? "" : `: ${inspect(error)}`;
    log.error(`${describeFailure(error, request)} (request ${request.requestId})${stack}`);
  };

/**
 * The HTTP server without a socket. Made for the first request: it watches the process for its
 * metrics.
 */
function createFetch({
  engine,
  calls,
  clock,
  log,
  guards,
  ...rest
}: ServerParts): Recurve["fetch"] {
  let app: ReturnType<typeof createServer> | undefined;
  const closedApp = createRefusingApp(closedError());
  return async (request) => {
    if (calls.isClosed) return closedApp.fetch(request);
    app ??= createServer({
      engine,
      version,
      clock,
      logError: rest.logError ?? createLogError(log),
      logWarning: (line) => log.warn(line),
      ...(rest.isClosing && { isClosing: rest.isClosing }),
      ...(rest.sharedMetrics && { sharedMetrics: rest.sharedMetrics }),
      ...guards,
      dashboardFolder,
    });
    const { fetch } = app;
    return calls.run(async () => fetch(request));
  };
}

/**
 * An embedded server has the names of its program, unless the configuration lists them. On a network
 * address a record that lost its keys stays shut.
 */
function createGuards(
  store: Store,
  { configuration: { server }, host, logAudited }: ServeStoreOptions,
): ServerParts["guards"] {
  const { hosts, origins, authentication, maxRequests, keyShare } = server;
  const knowsNames = host !== undefined || hosts.length > 0;
  const isClosed = authentication === "keys" || (host !== undefined && !isLoopback(host));
  return {
    origins,
    maxRequests,
    keyShare,
    ...(logAudited && { logAudited }),
    ...(knowsNames && { isOwnHost: createHostCheck(host ?? "localhost", hosts) }),
    ...(authentication !== "proxy" && {
      keyring: createKeyring(store, { clock: Date.now, isClosed }),
    }),
  };
}

/** Puts a serving process together over an open record, which it closes at its end. */
export async function serveStore(store: Store, options: ServeStoreOptions): Promise<Recurve> {
  const { database, configuration, clock = Date.now, log = console } = options;
  const { onCycle = () => {}, onProgress = () => {} } = options;
  const engine = await createEngine({
    store,
    configuration,
    clock,
    random: options.random ?? createRandom(randomInt(2 ** 32)),
    createId: options.createId ?? randomUUID,
    preparesPolicies: true,
    expectsLearner: options.expectsLearner ?? options.learner !== false,
  });
  const learner =
    options.learner === false
      ? undefined
      : startLearner(
          { database: resolve(database), configuration },
          { onCycle, onProgress, onProblem: (line) => log.warn(line) },
        );
  const calls = createOpenCalls();
  const { logError, isClosing, sharedMetrics } = options;
  const fetch = createFetch({
    engine,
    calls,
    clock,
    log,
    guards: createGuards(store, options),
    ...(logError && { logError }),
    ...(isClosing && { isClosing }),
    ...(sharedMetrics && { sharedMetrics }),
  });
  const end = async () => {
    await Promise.all([calls.close(), learner?.stop()]);
    await engine.close();
    await store.close();
  };
  let ended: Promise<void> | undefined;
  return {
    ...openCallsOf(engine, calls),
    fetch,
    listener: createListener(fetch),
    close: () => {
      ended ??= end();
      return ended;
    },
  };
}
