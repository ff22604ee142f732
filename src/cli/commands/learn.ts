import { Command } from "commander";
import { runLearner } from "../../host/run-learner.ts";
import { describeCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, pause, withInterruption } from "../interruption.ts";
import { reportFailure } from "../report-failure.ts";

async function learn(options: DatabaseOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal, 0);
    await withDatabase(options, ({ store, configuration }) =>
      runLearner({
        store,
        configuration,
        signal,
        onCycle: (cycle) =>
          process.stdout.write(`${describeCycle(cycle, process.stdout.columns)}\n`),
        onError: (error, scenario) => {
          process.stderr.write(`${scenario}: `);
          reportFailure(error, process.stderr);
        },
        wait: (milliseconds) => pause(milliseconds, signal),
      }),
    );
  });
}

export function learnCommand(): Command {
  const command = new Command("learn").description(
    "Learn from the feedback in a database, cycle after cycle; recurve serve starts this by itself",
  );
  return withDatabaseOptions(command)
    .addHelpText(
      "after",
      "\nExample, with the server elsewhere on the same machine:\n  $ recurve serve --no-learner --database shop.db\n  $ recurve learn --database shop.db",
    )
    .action(learn);
}
