import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { EngineError } from "../domain/errors.ts";
import { openStore } from "../engine/open-store.ts";
import { runLearner } from "./run-learner.ts";
import type { LearnerMessage, LearnerTask } from "./start-learner.ts";
import { startTelemetry } from "./start-telemetry.ts";

// The learner of a serving process: learns on the record that its parent names, until the parent
// ends it or exits.

// A terminal sends Ctrl-C to all its processes; the parent answers its last requests first.
process.on("SIGINT", () => {});
// Ending in the middle of a cycle is safe: all changes of a cycle are one transaction at its end.
process.on("disconnect", () => process.exit());
if (!process.connected) process.exit();

const describe = (error: Error) =>
  error instanceof EngineError
    ? `${error.message} (${error.code})`
    : (error.stack ?? error.message);

const tell = (message: LearnerMessage) =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));

async function learn({ database, configuration }: LearnerTask): Promise<void> {
  const store = await openStore(database);
  await runLearner({
    store,
    configuration,
    signal: new AbortController().signal,
    onCycle: (cycle) => void tell({ cycle }),
    onProgress: (progress, scenario) => void tell({ progress, scenario }),
    onError: (error, scenario) => void tell({ problem: `${scenario}: ${describe(error)}` }),
    wait: (milliseconds) => setTimeout(milliseconds),
  });
}

const [task] = await once(process, "message");
await startTelemetry("recurve-learner").catch((error: Error) => tell({ problem: describe(error) }));
try {
  await learn(task as LearnerTask);
} catch (error) {
  await tell({ problem: describe(error as Error) });
  process.exit(1);
}
