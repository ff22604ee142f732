/** A SASRec-shaped training step that both sides take: full sequences, dropout 0.2, Adam. */
export interface TrainContest {
  readonly name: string;
  /** Sequences in a batch. */
  readonly rows: number;
  readonly length: number;
  /** Shared by all cells; the whole catalogue where left out. */
  readonly negatives?: number;
}

/** d 64, 2 blocks, 1 head: the small preset. */
export const network = { preset: "small", items: 3416 } as const;
export const dropout = 0.2;
export const learningRate = 1e-3;
export const varianceDecay = 0.98;

export const contests: readonly TrainContest[] = [50, 200].flatMap((length) => [
  { name: `length ${length}, full softmax`, rows: 128, length },
  { name: `length ${length}, 128 negatives`, rows: 128, length, negatives: 128 },
]);
