import { resolve } from "node:path";
import { EngineError } from "../domain/errors.ts";
import { openStore } from "../engine/open-store.ts";
import { type LearnerListeners, startLearner } from "../host/start-learner.ts";
import { startWorkers, type WorkerWord } from "../host/start-workers.ts";
import type { SupervisedChild } from "../host/supervise-child.ts";
import { shareMetrics } from "../server/worker-metrics.ts";
import type { ChosenConfiguration } from "./database.ts";
import { checkExposure, type Host, type HostOptions, logLearner, openHost } from "./host.ts";
import { untilAborted } from "./interruption.ts";

/** Brings the record to the present schema, before several processes open it. */
async function readConfiguration(options: HostOptions): Promise<ChosenConfiguration> {
  const store = await openStore(options.database);
  try {
    const chosen = await options.configure(store);
    const exposure = await checkExposure(store, chosen.configuration, options.host);
    if (exposure !== undefined) options.log.warn(exposure);
    return chosen;
  } finally {
    await store.close();
  }
}

function startOneLearner(
  options: HostOptions,
  { configuration }: ChosenConfiguration,
): SupervisedChild | undefined {
  if (!options.learner) return undefined;
  const listeners: LearnerListeners = {
    ...logLearner(options),
    onProblem: (line) => options.log.warn(line),
  };
  return startLearner({ database: resolve(options.database), configuration }, listeners);
}

/**
 * A host of several serving processes on one port, with one learner.
 * @throws port_in_use, storage_unavailable, unsupported_database_version, invalid_configuration
 */
export async function openWorkers(options: HostOptions, count: number): Promise<Host> {
  const chosen = await readConfiguration(options);
  const { url, stop } = await startWorkers(count, (line) => options.log.warn(line));
  const learner = startOneLearner(options, chosen);
  return {
    ...chosen,
    url,
    close: async () => {
      await Promise.all([stop(), learner?.stop()]);
    },
  };
}

const tell = (message: WorkerWord) => process.send?.(message);

/** One of these processes: serves until the signal ends it. Its first failure is for the one that started it to tell. */
export async function runWorker(options: HostOptions): Promise<void> {
  try {
    const host = await openHost({ ...options, worker: shareMetrics() });
    tell({ url: host.url });
    await untilAborted(options.signal);
    await host.close();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    tell({ code: error.code, problem: error.message });
    process.exitCode = 1;
  }
  // An open channel keeps a process running.
  process.disconnect();
}
