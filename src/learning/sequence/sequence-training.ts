import type { TrainedEpoch } from "../../domain/cycle-record.ts";
import type { CatalogueScorer } from "../../policy/transformer/catalogue-scorer.ts";
import type { TransformerModel } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import type { TrainerState } from "../../tensor/trainer-state.ts";
import { isTarget, itemOf } from "./codes.ts";
import type { SequenceSettings } from "./settings.ts";

export type SequenceProgress =
  | {
      readonly stage: "start";
      readonly parameters: number;
      /** Approximate peak memory of a step. */
      readonly memoryBytes: number;
    }
  | {
      readonly stage: "epoch";
      readonly epoch: number;
      readonly epochs: number;
      /** Mean over the epoch's targets, nats. */
      readonly loss: number;
      /** Present if this epoch was validated. */
      readonly metric?: number;
      readonly bestMetric?: number;
      /** To the last epoch, if none stops it sooner. */
      readonly secondsLeft: number;
    };

/** Everything that training continues from after an epoch. */
export interface SequenceCheckpoint {
  readonly epoch: number;
  /** Milliseconds of training and validation so far. */
  readonly elapsed: number;
  readonly trainer: TrainerState;
  readonly best: BestModel | undefined;
  readonly curve: readonly TrainedEpoch[];
}

export interface BestModel {
  readonly epoch: number;
  readonly metric: number;
  readonly parameters: TransformerModel["parameters"];
}

export interface SequenceTraining {
  readonly model: TransformerModel;
  /** Epochs that ran, and the one whose parameters are handed out. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** The epochs in order. */
  readonly curve: readonly TrainedEpoch[];
  /** Of that epoch; undefined if nothing was validated. */
  readonly metric: number | undefined;
}

export interface SequenceTrainingOptions {
  /**
   * Codes of each user's items, oldest first, which are numbered 0 … itemCount − 1; see
   * `codes.ts`. The items to predict later must not be in them.
   */
  readonly sequences: readonly ArrayLike<number>[];
  readonly itemCount: number;
  /** Unsigned 32-bit integer. Same seed, sequences, settings and threads: same model, bit for bit on one machine. */
  readonly seed: number;
  /** Default: `small` for histories of 50. */
  readonly shape?: TransformerShape;
  readonly settings?: Partial<SequenceSettings>;
  /** Milliseconds after which no epoch begins; the learning rate falls by as many epochs as fit. Default: no limit. */
  readonly budget?: number;
  /** A ranking metric of held-out items, higher is better; without one the last epoch is handed out. */
  readonly validate?: (scorer: CatalogueScorer) => Promise<number>;
  /** Default 1; see `createStepTrainer`. */
  readonly threads?: number;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly onProgress?: (progress: SequenceProgress) => void;
  /** Called after each epoch; a run that starts from its argument ends as the unbroken one. */
  readonly onCheckpoint?: (checkpoint: SequenceCheckpoint) => Promise<void>;
  readonly resumeFrom?: SequenceCheckpoint;
  /**
   * Parameters to begin with instead of random ones. They are validated first, so that only an
   * epoch that is better than they are takes their place.
   */
  readonly start?: TransformerModel["parameters"];
}

/** @throws RangeError if items are outside the catalogue or nothing is to be foreseen */
export function assertSequences(
  sequences: readonly ArrayLike<number>[],
  { items }: TransformerShape,
  itemCount: number,
): void {
  if (items !== itemCount)
    throw new RangeError(`shape.items must be itemCount ${itemCount}, got ${items}`);
  let targets = 0;
  for (const [user, sequence] of sequences.entries()) {
    for (let index = 0; index < sequence.length; index++) {
      const item = itemOf(sequence[index]!);
      if (index > 0 && isTarget(sequence[index]!)) targets++;
      if (!(Number.isInteger(item) && item >= 0 && item < itemCount))
        throw new RangeError(
          `sequences[${user}]: items must be integers in [0, ${itemCount}), got ${item}`,
        );
    }
  }
  if (targets === 0)
    throw new RangeError("sequences must have one of two items or more, to predict the second");
}
