import { type ChildProcess, fork } from "node:child_process";
import { EngineError, type ErrorCode } from "../../domain/errors.ts";
import { modulePath } from "../../host/package.ts";
import type { CycleReward } from "../../lab/closed-loop/play.ts";
import type { SimulationJob, WorkerMessage } from "./job.ts";

export interface JobResult {
  readonly job: SimulationJob;
  readonly rewards: readonly CycleReward[];
}

/** Without a code the message is the stack of the worker's error. */
const toError = ({ message, code }: Extract<WorkerMessage, { kind: "failed" }>) =>
  code === undefined
    ? Object.assign(new Error(message), { stack: message })
    : new EngineError(code as ErrorCode, message);

function playJob(
  worker: ChildProcess,
  job: SimulationJob,
  onCycle: (job: SimulationJob, cycle: number) => void,
): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const settle = (use: () => void) => {
      worker.off("message", receive).off("exit", end);
      use();
    };
    const receive = (message: WorkerMessage) => {
      if (message.kind === "cycle") onCycle(job, message.cycle);
      else if (message.kind === "done") settle(() => resolve({ job, rewards: message.rewards }));
      else settle(() => reject(toError(message)));
    };
    const end = (code: number | null, signal: string | null) =>
      settle(() => reject(new Error(`a simulation ended early: ${signal ?? `exit code ${code}`}`)));
    worker.on("message", receive).on("exit", end);
    worker.send(job);
  });
}

/** Plays the jobs in `workers` processes side by side. Results in the order of the jobs. */
export async function runJobs(
  jobs: readonly SimulationJob[],
  options: {
    readonly workers: number;
    readonly onCycle: (job: SimulationJob, cycle: number) => void;
  },
): Promise<readonly JobResult[]> {
  const results: JobResult[] = [];
  let next = 0;
  const children = Array.from({ length: Math.min(options.workers, jobs.length) }, () =>
    fork(modulePath("cli/simulate/worker")),
  );
  const lane = async (worker: ChildProcess) => {
    for (let index = next++; index < jobs.length; index = next++) {
      const job = jobs[index];
      if (job !== undefined) results[index] = await playJob(worker, job, options.onCycle);
    }
  };
  try {
    await Promise.all(children.map(lane));
    return results;
  } finally {
    for (const child of children) child.kill();
  }
}
