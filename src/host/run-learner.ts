import { constants, setPriority } from "node:os";
import type { LearnerConfiguration } from "../engine/configuration/configuration.ts";
import { type LearnOptions, learn } from "../engine/learner/learn.ts";
import { announcing } from "../engine/serving/announcements.ts";
import { keepRecord } from "./keep-record.ts";
import { learnerSeed, learnerThreads } from "./learner-settings.ts";
import { trackRuns } from "./track-runs.ts";

const priorities: Readonly<Record<LearnerConfiguration["priority"], number>> = {
  low: constants.priority.PRIORITY_LOW,
  "below-normal": constants.priority.PRIORITY_BELOW_NORMAL,
  normal: constants.priority.PRIORITY_NORMAL,
};

/** Learns in this process, which from now on has the learner's priority, tracks the runs beside it, and keeps the record to its times. */
export async function runLearner(
  options: Omit<LearnOptions, "clock" | "seed" | "threads">,
): Promise<void> {
  // Before the first session: its threads inherit the priority.
  setPriority(priorities[options.configuration.learner.priority]);
  const onError = (error: Error) => options.onError(error, "tracking");
  const tracking = trackRuns({ ...options, onError }).catch(onError);
  const keeping = keepRecord({
    ...options,
    onError: (error) => options.onError(error, "record"),
  });
  const store = announcing(options.store, { ...options, clock: Date.now });
  await learn({ ...options, store, clock: Date.now, seed: learnerSeed, threads: learnerThreads });
  await Promise.all([tracking, keeping]);
}
