import { EngineError } from "../../domain/errors.ts";
import { runClosedLoop } from "../../lab/closed-loop/closed-loop.ts";
import { createWorld, type SimulationJob, type WorkerMessage } from "./job.ts";

// A separate process that plays the loops sent by its parent, one after the other, and ends with
// the parent.

const send = (message: WorkerMessage) => process.send?.(message);

async function play(job: SimulationJob): Promise<void> {
  try {
    const rewards = await runClosedLoop({
      ...job,
      world: await createWorld(job),
      // The workers share the cores.
      threads: 1,
      onCycle: ({ cycle }) => send({ kind: "cycle", cycle }),
    });
    send({ kind: "done", rewards });
  } catch (error) {
    const isExpected = error instanceof EngineError;
    const { message, stack = message } = error as Error;
    send({
      kind: "failed",
      message: isExpected ? message : stack,
      ...(isExpected && { code: error.code }),
    });
  }
}

process.on("message", (job: SimulationJob) => void play(job));
process.on("disconnect", () => process.exit());
// The parent may have ended while this process started.
if (!process.connected) process.exit();
