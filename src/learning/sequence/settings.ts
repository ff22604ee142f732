/** How a network is trained on sequences. */
export interface SequenceSettings {
  readonly epochs: number;
  /** Rows of `length` cells in a batch; windows are packed, so a row can hold several users. */
  readonly rows: number;
  /** Learning rate at the end of the warm-up; half a cosine leads down from it. */
  readonly peakRate: number;
  /** Share of the training that warms up. */
  readonly warmUp: number;
  /** Share of the peak at which the learning rate ends. */
  readonly floorRate: number;
  /** Of embeddings and of the output of each half of a block. */
  readonly dropout: number;
  /** λ of AdamW. */
  readonly weightDecay: number;
  /** Longest gradient over all parameters. */
  readonly clipNorm: number;
  /** d of the running average of the parameters, which are validated and returned. */
  readonly averageDecay: number;
  /** Items from which a step draws negatives instead of comparing with the whole catalogue. */
  readonly fullSoftmaxItems: number;
  /** Negatives that all cells of a batch share, in larger catalogues. */
  readonly negatives: number;
  /** Epochs between validations. */
  readonly validateEvery: number;
  /**
   * Epochs without a better validation after which training ends. Default: none ends it, since the
   * best often come last, when the rate falls.
   */
  readonly patience: number;
}

/** Histories that are validated together. */
export const validationRows = 64;

export const defaultSettings: SequenceSettings = {
  epochs: 80,
  rows: 64,
  peakRate: 2e-3,
  warmUp: 0.02,
  floorRate: 0.02,
  dropout: 0.2,
  weightDecay: 0,
  clipNorm: 1,
  averageDecay: 0.998,
  fullSoftmaxItems: 10_000,
  negatives: 1024,
  validateEvery: 2,
  patience: Number.MAX_SAFE_INTEGER,
};

const positive = ["epochs", "rows", "negatives", "validateEvery", "patience"] as const;
const shares = ["warmUp", "floorRate", "averageDecay"] as const;

/** @throws RangeError that names the field */
export function assertSettings(settings: SequenceSettings): void {
  for (const field of positive) {
    if (!(Number.isSafeInteger(settings[field]) && settings[field] > 0))
      throw new RangeError(`${field} must be a positive integer, got ${settings[field]}`);
  }
  for (const field of shares) {
    if (!(settings[field] >= 0 && settings[field] < 1))
      throw new RangeError(`${field} must be in [0, 1), got ${settings[field]}`);
  }
  if (!(settings.peakRate > 0))
    throw new RangeError(`peakRate must be above 0, got ${settings.peakRate}`);
}
