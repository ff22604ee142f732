import cluster from "node:cluster";
import { Command, Option } from "commander";
import type { Logger } from "pino";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { Store } from "../../engine/open-store.ts";
import { version } from "../../host/package.ts";
import type { SupervisedChild } from "../../host/supervise-child.ts";
import { formatWhole } from "../../numeric/format.ts";
import { chooseConfiguration, type DatabaseOptions, withDatabaseOptions } from "../database.ts";
import { type Host, openHost } from "../host.ts";
import { untilAborted, withInterruption } from "../interruption.ts";
import { createLog, isText, type LogOptions, withLogOptions } from "../log.ts";
import { integerIn, parseName } from "../parse-options.ts";
import { openWorkers, runWorker } from "../workers.ts";

export interface ServeOptions extends DatabaseOptions, LogOptions {
  readonly port: number;
  readonly host: string;
}

// Not HOST, which shells set to the name of the machine: that would open the server to its network.
export const hostOption = (): Option =>
  new Option("--host <address>", "address to listen on")
    .env("RECURVE_HOST")
    .default("127.0.0.1")
    .argParser(parseName);

export const withServeOptions = (command: Command): Command =>
  withLogOptions(withDatabaseOptions(command))
    .addOption(
      new Option("--port <port>", "port to listen on; 0 takes a free one")
        .env("PORT")
        .default(7400)
        .argParser(integerIn(0, 65_535)),
    )
    .addOption(hostOption());

export function describeLearner({ learner }: Configuration): string {
  const count = formatWhole(learner.minDecisions);
  return `a process of its own; starts a cycle when ${count} decisions have their reward`;
}

/** The lines under the name, as a table of two columns. */
function describeHost(host: Host, rows: readonly (readonly [string, string])[]): string {
  const all = [["Dashboard", host.url], ["Configuration", host.origin], ...rows] as const;
  const lines = all.map(([name, text]) => `  ${name.padEnd(13)} ${text}`);
  return `\n  Recurve ${version}\n\n${lines.join("\n")}\n\n`;
}

/** Prints the server's address: to a person as a table, to a program as a line of the log. */
export function announce(
  host: Host,
  { log, options }: { readonly log: Logger; readonly options: ServeOptions },
  rows: readonly (readonly [string, string])[],
): void {
  const { url, origin: configuration } = host;
  const { database } = options;
  if (isText(options)) process.stdout.write(describeHost(host, rows));
  else log.info({ url, version, database, configuration }, `listening on ${url}`);
}

/** Serves until the signal ends it; children stop first, then requests under way are answered. */
export async function runHost(
  host: Host,
  children: readonly SupervisedChild[],
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  await untilAborted(signal);
  log.info("stopping");
  await Promise.all(children.map((child) => child.stop()));
  await host.close();
  log.info("stopped; the same command continues from here");
  // Lines of the log that had no room are no failure of the server.
  process.exitCode ??= 0;
}

interface ServeCommandOptions extends ServeOptions {
  readonly learner: boolean;
  readonly workers: number;
}

async function serve(options: ServeCommandOptions): Promise<void> {
  const { database, config, learner, workers } = options;
  const log = createLog("server", options);
  await withInterruption(async (signal) => {
    const configure = (store: Store) => chooseConfiguration(store, config);
    const hosting = { ...options, log, signal, configure };
    if (cluster.isWorker) return runWorker(hosting);
    const host = await (workers > 1 ? openWorkers(hosting, workers) : openHost(hosting));
    const scenarios = host.configuration.scenarios.map(({ name }) => name).join(", ");
    const learnerText = learner ? describeLearner(host.configuration) : "none here (--no-learner)";
    announce(host, { log, options }, [
      ["Database", database],
      ["Scenarios", scenarios],
      ["Learner", learnerText],
    ]);
    await runHost(host, [], { log, signal });
  });
}

export function serveCommand(): Command {
  const command = new Command("serve").description(
    "Serve recommendations over HTTP, with the dashboard at /, and learn from the feedback",
  );
  return withServeOptions(command)
    .addOption(
      new Option(
        "--workers <count>",
        "serving processes on the port; one for each core that is to serve",
      )
        .env("RECURVE_WORKERS")
        .default(1)
        .argParser(integerIn(1, 64)),
    )
    .option("--no-learner", "only serve; run recurve learn elsewhere, or not at all")
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve serve --database shop.db --config shop.config.ts",
    )
    .action(serve);
}
