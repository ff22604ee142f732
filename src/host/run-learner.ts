import { constants, setPriority } from "node:os";
import { type LearnOptions, learn } from "../engine/learner/learn.ts";
import { learnerSeed, learnerThreads } from "./learner-settings.ts";

/** Learns in this process, which from now on gives way to serving. */
export async function runLearner(
  options: Omit<LearnOptions, "clock" | "seed" | "threads">,
): Promise<void> {
  // Before the first session: its threads inherit the priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  await learn({ ...options, clock: Date.now, seed: learnerSeed, threads: learnerThreads });
}
