import { constants, setPriority } from "node:os";
import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { learn } from "../../engine/learn.ts";
import { describeCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, pause, withInterruption } from "../interruption.ts";
import { learnerSeed, learnerThreads } from "../learner-settings.ts";
import { createLog, isText, type LogOptions, textPrefixLength, withLogOptions } from "../log.ts";

interface LearnOptions extends DatabaseOptions, LogOptions {}

/** In a terminal the line of a cycle fits its width; the dashboard has the whole reason. */
const columnsOf = (options: LogOptions) =>
  process.stdout.isTTY && isText(options) ? process.stdout.columns - textPrefixLength : undefined;

async function runLearner(options: LearnOptions): Promise<void> {
  const log = createLog("learner", options);
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
        onCycle: (done) => {
          const { scenario, cycle, outcome } = done;
          const level = outcome === "failed" || outcome === "skipped" ? "warn" : "info";
          log[level]({ scenario, cycle, outcome }, describeCycle(done, columnsOf(options)));
        },
        onError: (err, scenario) => {
          const isExpected = err instanceof EngineError;
          const fields = { scenario, ...(isExpected ? { code: err.code } : { err }) };
          log.error(fields, `${scenario}: ${err.message}`);
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
  return withLogOptions(withDatabaseOptions(command))
    .addHelpText(
      "after",
      "\nExample, with the server elsewhere on the same machine:\n  $ recurve serve --no-learner --database shop.db\n  $ recurve learn --database shop.db",
    )
    .action(runLearner);
}
