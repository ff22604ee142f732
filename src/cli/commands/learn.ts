import { constants, setPriority } from "node:os";
import { Command } from "commander";
import { learn } from "../../engine/learn.ts";
import { describeCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, pause, withInterruption } from "../interruption.ts";
import { learnerSeed, learnerThreads } from "../learner-settings.ts";
import { reportFailure } from "../report-failure.ts";

async function runLearner(options: DatabaseOptions): Promise<void> {
  // Before the first session: its threads take the priority over, and serving goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  await withInterruption(async (signal) => {
    exitWhenAborted(signal, 0);
    await withDatabase(options, ({ store, configuration }) =>
      learn({
        store,
        configuration,
        clock: Date.now,
        seed: learnerSeed,
        threads: learnerThreads,
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
    .action(runLearner);
}
