import { fork } from "node:child_process";
import { Command } from "commander";
import type { Logger } from "pino";
import type { Store } from "../../engine/open-store.ts";
import { modulePath } from "../../host/package.ts";
import { type SupervisedChild, superviseChild } from "../../host/supervise-child.ts";
import { chooseConfiguration } from "../database.ts";
import { demoConfiguration } from "../demo/demo-configuration.ts";
import { openHost } from "../host.ts";
import { withInterruption } from "../interruption.ts";
import { createLog, type LogOptions, logArguments } from "../log.ts";
import {
  announce,
  describeLearner,
  runHost,
  type ServeOptions,
  withServeOptions,
} from "./serve.ts";

interface StartOptions extends ServeOptions {
  readonly demo: boolean;
}

function startUsers(
  url: string,
  { log, options }: { readonly log: Logger; readonly options: LogOptions },
): SupervisedChild {
  const demo = ["demo", "--url", url, ...logArguments(options)];
  return superviseChild({
    name: "the simulated users",
    start: () => fork(modulePath("cli/main"), demo),
    log: (line) => log.warn(line),
    clock: Date.now,
  });
}

const whatNext = {
  demo: "simulated users visit and click; their tastes are hidden. Watch the policy learn them.",
  own: "send items and events to the API, or stop and run recurve import.",
};

async function start(options: StartOptions): Promise<void> {
  const log = createLog("server", options);
  await withInterruption(async (signal) => {
    // A demo runs on an empty record without a configuration file, or on a record that it began.
    const configure = async (store: Store) => {
      const beginsDemo = options.demo && (await store.sequence()) === 0;
      return chooseConfiguration(store, options.config, { beginsDemo });
    };
    const host = await openHost({ ...options, learner: true, log, signal, configure });
    const demo = options.demo && host.configuration === demoConfiguration;
    announce(host, { log, options }, [
      ["Database", options.database],
      ["Learner", describeLearner(host.configuration)],
      ["Now", demo ? whatNext.demo : whatNext.own],
      ["Ctrl-C", "stops; the next start continues"],
    ]);
    const children = demo ? [startUsers(host.url, { log, options })] : [];
    await runHost(host, children, { log, signal });
  });
}

export function startCommand(): Command {
  const command = new Command("start").description(
    "Serve and learn; on an empty database with simulated users, to see the loop at work",
  );
  return withServeOptions(command)
    .option("--no-demo", "serve without simulated users")
    .addHelpText("after", "\nExample:\n  $ recurve start --database demo.db --port 8080")
    .action(start);
}
