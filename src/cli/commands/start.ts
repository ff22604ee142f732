import { fork } from "node:child_process";
import { Command } from "commander";
import type { Store } from "../../engine/open-store.ts";
import { modulePath } from "../../host/package.ts";
import { type SupervisedChild, superviseChild } from "../../host/supervise-child.ts";
import { chooseConfiguration } from "../database.ts";
import { demoConfiguration } from "../demo/demo-configuration.ts";
import { log, openHost } from "../host.ts";
import { withInterruption } from "../interruption.ts";
import {
  describeHost,
  describeLearner,
  runHost,
  type ServeOptions,
  withServeOptions,
} from "./serve.ts";

interface StartOptions extends ServeOptions {
  readonly demo: boolean;
}

function startUsers(url: string): SupervisedChild {
  const start = () => fork(modulePath("cli/main"), ["demo", "--url", url]);
  return superviseChild({ name: "the simulated users", start, log, clock: Date.now });
}

const whatNext = {
  demo: "simulated users visit and click; their tastes are hidden. Watch the policy find them out.",
  own: "send items and events to the API, or stop and run recurve import.",
};

async function start(options: StartOptions): Promise<void> {
  await withInterruption(async (signal) => {
    // A demo is for a record in which nothing is yet and that no configuration file is meant for, and for one that it has begun.
    const configure = async (store: Store) => {
      const beginsDemo = options.demo && (await store.sequence()) === 0;
      return chooseConfiguration(store, options.config, { beginsDemo });
    };
    const host = await openHost({ ...options, learner: true, configure });
    const demo = options.demo && host.configuration === demoConfiguration;
    log(
      describeHost(host, [
        ["Database", options.database],
        ["Learner", describeLearner(host.configuration)],
        ["Now", demo ? whatNext.demo : whatNext.own],
        ["Ctrl-C", "stops; the next start goes on"],
      ]),
    );
    await runHost(host, demo ? [startUsers(host.url)] : [], signal);
  });
}

export function startCommand(): Command {
  const command = new Command("start").description(
    "Serve and learn; on an empty database with simulated users, to see the loop at work",
  );
  return withServeOptions(command)
    .option("--no-demo", "without simulated users")
    .addHelpText("after", "\nExample:\n  $ recurve start --database demo.db --port 8080")
    .action(start);
}
