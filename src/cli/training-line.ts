import type { Logger } from "pino";
import type { TrainProgress } from "../engine/learner/training/training-data.ts";
import { formatWhole } from "../numeric/format.ts";
import type { TimedLine } from "./timed-line.ts";

export function describeTrainingProgress(progress: TrainProgress): string {
  switch (progress.stage) {
    case "read":
      return `${formatWhole(progress.events)} events read`;
    case "start":
      return `${formatWhole(progress.parameters)} parameters, training takes about ${formatWhole(Math.ceil(progress.memoryBytes / 1e6))} MB more`;
    case "epoch": {
      const { epoch, epochs, loss, bestMetric } = progress;
      const best = bestMetric === undefined ? "" : `, best NDCG ${bestMetric.toFixed(4)}`;
      return `epoch ${epoch} of at most ${epochs}, loss ${loss.toFixed(3)}${best}`;
    }
    case "measure":
      return `measuring on the last events of ${formatWhole(progress.users)} users`;
    default:
      throw new RangeError(`no stage ${String(progress satisfies never)}`);
  }
}

/** Size and memory stay on the screen: they tell whether to go on. */
export function showTraining(line: TimedLine, progress: TrainProgress): void {
  const text = describeTrainingProgress(progress);
  if (progress.stage === "start") {
    line.keep(text);
    line.update("first epoch", undefined);
    return;
  }
  line.update(text, progress.stage === "epoch" ? progress.epoch / progress.epochs : undefined);
}

/** A line at the start of a training and after each epoch; reading has none. */
export function logTraining(log: Logger, scenario: string, progress: TrainProgress): void {
  if (progress.stage === "read") return;
  log.info({ scenario }, `${scenario}: the encoder learns, ${describeTrainingProgress(progress)}`);
}
