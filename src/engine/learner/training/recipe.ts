import type { SequenceSettings } from "../../../learning/sequence/settings.ts";

/** Lengths of histories between which an encoder's is chosen. */
const lengths = [20, 50, 100] as const;
const longest = 200;
/** Share of the users whose whole history fits. */
const wholeShare = 0.75;
/** Steps of an epoch that batches are made for. */
const epochSteps = 150;
const mostRows = 64;
/** Cells of a batch at the least: smaller ones cost as much a step. */
const leastCells = 256;
/** Cells of a batch from which on the learning rate need not be smaller, and the range of rates. */
const wholeRateCells = 3200;
const [leastRate, wholeRate] = [1e-3, 2e-3];

/** Length of the histories and settings of a training, by a rule on the data alone. */
export interface Recipe {
  readonly length: number;
  readonly settings: Partial<SequenceSettings>;
}

/** Fewer events an item need more noise in the embeddings. */
const dropoutFor = (eventsPerItem: number) =>
  eventsPerItem >= 150 ? 0.2 : eventsPerItem >= 30 ? 0.3 : 0.5;

/** @param items of the catalogue, at least 1 */
export function chooseRecipe(
  sequences: readonly { readonly length: number }[],
  items: number,
): Recipe {
  const sizes = sequences.map(({ length }) => length).sort((a, b) => a - b);
  const events = sizes.reduce((sum, size) => sum + size, 0);
  const quantile = sizes[Math.floor(wholeShare * sizes.length)] ?? 0;
  const length = lengths.find((one) => one >= quantile) ?? longest;
  const cells = Math.max(leastCells, events / epochSteps);
  const rows = Math.min(mostRows, 2 ** Math.ceil(Math.log2(cells / length) - 0.5));
  return {
    length,
    settings: {
      epochs: 64,
      rows: Math.max(2, rows),
      peakRate: Math.max(leastRate, wholeRate * Math.min(1, Math.sqrt(cells / wholeRateCells))),
      dropout: dropoutFor(events / items),
      averageDecay: 0.999,
      fullSoftmaxItems: 20_000,
      validateEvery: 3,
    },
  };
}

/** Share of a first training's learning rate: a larger one would forget. */
const continuedRate = 0.3;

/** Settings with which a training continues: a warm restart, validated each epoch. */
export const continueRecipe = ({ settings }: Recipe, length: number): Recipe => ({
  length,
  settings: {
    ...settings,
    epochs: 16,
    peakRate: (settings.peakRate ?? wholeRate) * continuedRate,
    warmUp: 0.05,
    validateEvery: 1,
    patience: 4,
  },
});
