import type { Logger } from "pino";
import type { TrainProgress } from "../engine/learner/training/training-data.ts";
import { formatWhole } from "../numeric/format.ts";

export function describeTrainingProgress(progress: TrainProgress): string {
  switch (progress.stage) {
    case "read":
      return `${formatWhole(progress.events)} events read`;
    case "start":
      return `${formatWhole(progress.parameters)} parameters, training takes about ${formatWhole(Math.ceil(progress.memoryBytes / 1e6))} MB more; first epoch`;
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

/** A line at the start of a training and after each epoch; reading has none. */
export function logTraining(log: Logger, scenario: string, progress: TrainProgress): void {
  if (progress.stage === "read") return;
  log.info({ scenario }, `${scenario}: the encoder learns, ${describeTrainingProgress(progress)}`);
}
