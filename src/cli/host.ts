import { openStore, type Store } from "../engine/open-store.ts";
import type { Recurve } from "../host/recurve.ts";
import { serveStore } from "../host/serve-store.ts";
import { listen } from "../server/listen.ts";
import { describeCycle } from "./cycle-line.ts";
import type { ChosenConfiguration } from "./database.ts";

export interface HostOptions {
  readonly database: string;
  readonly host: string;
  readonly port: number;
  readonly learner: boolean;
  /** Chosen once the record can be looked into. */
  readonly configure: (store: Store) => Promise<ChosenConfiguration>;
}

/** The serving process with its address, and its learner if it has one. */
export interface Host extends ChosenConfiguration {
  readonly url: string;
  /** Answers requests under way, then ends the learner and closes the record. */
  close(): Promise<void>;
}

export const log = (line: string): void => void process.stdout.write(`${line}\n`);
const logProblem = (line: string) => void process.stderr.write(`${line}\n`);

async function openRecurve(options: HostOptions) {
  const store = await openStore(options.database);
  try {
    const chosen = await options.configure(store);
    const recurve = await serveStore(store, {
      database: options.database,
      configuration: chosen.configuration,
      learner: options.learner,
      log: { warn: logProblem, error: logProblem },
      onCycle: (cycle) => log(describeCycle(cycle, process.stdout.columns)),
    });
    return { chosen, recurve };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function listenOrClose(recurve: Recurve, { host, port }: HostOptions) {
  try {
    return await listen({ app: recurve, host, port });
  } catch (error) {
    await recurve.close();
    throw error;
  }
}

/** @throws port_in_use, storage_unavailable, unsupported_database_version, invalid_configuration */
export async function openHost(options: HostOptions): Promise<Host> {
  const { chosen, recurve } = await openRecurve(options);
  const { url, close } = await listenOrClose(recurve, options);
  return {
    ...chosen,
    url,
    close: async () => {
      await close();
      await recurve.close();
    },
  };
}
