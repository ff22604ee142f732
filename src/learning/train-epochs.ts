import type { Trainer } from "../tensor/trainer.ts";

export interface EpochLosses {
  readonly epochs: number;
  readonly steps: number;
  /** Mean over the rows of the first and of the last epoch, each of the parameters before their steps; 0 without epochs. */
  readonly firstLoss: number;
  readonly lastLoss: number;
}

/** Trains, and gives the trainers' native memory back also after an error. */
export async function withTrainers<Result>(
  trainers: readonly Pick<Trainer, "close">[],
  train: () => Promise<Result>,
): Promise<Result> {
  try {
    return await train();
  } finally {
    await Promise.all(trainers.map((trainer) => trainer.close()));
  }
}

/**
 * The training loop: epochs of batches, a step each.
 * @param options.epochs most epochs
 * @param options.batches of an epoch, drawn anew at each call
 * @param options.step trains on a batch and resolves with its loss, the mean over its rows
 * @param options.endEpoch gets the mean losses so far; `true` ends the training
 */
export async function trainEpochs<Batch extends { readonly rows: readonly unknown[] }>(options: {
  readonly epochs: number;
  readonly batches: () => Iterable<Batch>;
  readonly step: (batch: Batch) => Promise<number>;
  readonly endEpoch?: (losses: readonly number[]) => boolean | undefined;
}): Promise<EpochLosses> {
  const losses: number[] = [];
  let steps = 0;
  while (losses.length < options.epochs) {
    let [sum, rows] = [0, 0];
    for (const batch of options.batches()) {
      sum += (await options.step(batch)) * batch.rows.length;
      rows += batch.rows.length;
      steps++;
    }
    losses.push(sum / Math.max(1, rows));
    if (options.endEpoch?.(losses)) break;
  }
  return {
    epochs: losses.length,
    steps,
    firstLoss: losses[0] ?? 0,
    lastLoss: losses.at(-1) ?? 0,
  };
}
