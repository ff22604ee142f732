import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { runLearner } from "../../host/run-learner.ts";
import { startTelemetry } from "../../host/start-telemetry.ts";
import { logCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, pause, withInterruption } from "../interruption.ts";
import { createLog, type LogOptions, withLogOptions } from "../log.ts";
import { logTraining } from "../training-line.ts";

interface LearnOptions extends DatabaseOptions, LogOptions {}

async function learn(options: LearnOptions): Promise<void> {
  const log = createLog("learner", options);
  await withInterruption(async (signal) => {
    exitWhenAborted(signal, 0);
    const stopTelemetry = await startTelemetry("recurve-learner");
    await withDatabase(options, ({ store, configuration }) =>
      runLearner({
        store,
        configuration,
        signal,
        onCycle: (cycle) => logCycle(log, cycle, options),
        onError: (err, scenario) => {
          const isExpected = err instanceof EngineError;
          const fields = { scenario, ...(isExpected ? { code: err.code } : { err }) };
          log.error(fields, `${scenario}: ${err.message}`);
        },
        onProgress: (progress, scenario) => logTraining(log, scenario, progress),
        wait: (milliseconds) => pause(milliseconds, signal),
      }),
    ).finally(stopTelemetry);
  });
}

export function learnCommand(): Command {
  const command = new Command("learn").description(
    "Learn from the feedback in a database, cycle after cycle; recurve serve starts this process itself",
  );
  return withLogOptions(withDatabaseOptions(command))
    .addHelpText(
      "after",
      "\nExample, with the server elsewhere on the same machine:\n  $ recurve serve --no-learner --database shop.db\n  $ recurve learn --database shop.db",
    )
    .action(learn);
}
