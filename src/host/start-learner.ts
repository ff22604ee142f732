import { fork } from "node:child_process";
import { extname } from "node:path";
import type { Cycle } from "../domain/cycle.ts";
import type { Configuration } from "../engine/configuration/configuration.ts";
import type { TrainProgress } from "../engine/learner/training/training-data.ts";
import { modulePath } from "./package.ts";
import { type SupervisedChild, superviseChild } from "./supervise-child.ts";

/** The learner process's only instruction. */
export interface LearnerTask {
  readonly database: string;
  readonly configuration: Configuration;
}

/** Its reports. */
export type LearnerMessage =
  | { readonly cycle: Cycle }
  | { readonly progress: TrainProgress; readonly scenario: string }
  | { readonly problem: string };

export interface LearnerListeners {
  /** Called after every cycle, failed ones included. */
  readonly onCycle: (cycle: Cycle) => void;
  /** Called while an encoder is trained. */
  readonly onProgress: (progress: TrainProgress, scenario: string) => void;
  /** Called with a line: a failure that could not be recorded, or the end of the process. */
  readonly onProblem: (line: string) => void;
}

function forkLearner(task: LearnerTask, listeners: LearnerListeners) {
  const program = modulePath("host/learner-process");
  // Flags of the caller's program (a debugger's port, a preloaded module) are not the learner's,
  // except a loader of sources.
  const execArgv = extname(program) === ".ts" ? process.execArgv : [];
  const child = fork(program, { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  child.on("message", (message: LearnerMessage) => {
    if ("cycle" in message) listeners.onCycle(message.cycle);
    else if ("progress" in message) listeners.onProgress(message.progress, message.scenario);
    else listeners.onProblem(`the learner: ${message.problem}`);
  });
  // A child that has exited by now ends with its exit code, which is reported.
  child.send(task, () => {});
  return child;
}

/** Learns on the database in a separate process, which ends with this one in every case. */
export function startLearner(task: LearnerTask, listeners: LearnerListeners): SupervisedChild {
  return superviseChild({
    name: "the learner",
    start: () => forkLearner(task, listeners),
    log: listeners.onProblem,
    clock: Date.now,
  });
}
