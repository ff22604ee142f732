import {
  type AdamNumbers,
  type AdamSettings,
  defaultVarianceDecay,
  epsilon,
  meanDecay,
} from "./adam.ts";

/** A table outside the graph, for catalogues of which a step sees few rows: only those are fed, and only those move. */
export interface SparseTable {
  /** A copy of the rows, beside each other, and zeros up to the capacity. */
  gather(rows: Int32Array, capacity: number): Float32Array;
  /**
   * An Adam step of these rows, each named once. Others keep θ, m and v, as if the step had not
   * been made (lazy Adam, as in PyTorch's SparseAdam); their running average continues.
   *
   * @param gradient in the order of the rows
   */
  update(rows: Int32Array, gradient: Float32Array, numbers: AdamNumbers): void;
  /** Brings the running average of every row up to this step. */
  settle(): void;
  /** The table's own arrays, not copies. */
  readonly arrays: TableArrays;
}

export interface TableArrays {
  readonly parameters: Float32Array;
  readonly means: Float32Array;
  readonly variances: Float32Array;
  /** Undefined if it is not averaged. */
  readonly averages: Float32Array | undefined;
}

export function createSparseTable(options: {
  readonly width: number;
  readonly start: TableArrays;
  readonly settings: AdamSettings;
}): SparseTable {
  const { width, start, settings } = options;
  const { varianceDecay = defaultVarianceDecay, weightDecay = 0 } = settings;
  const parameters = start.parameters.slice();
  const means = start.means.slice();
  const variances = start.variances.slice();
  const averages = start.averages?.slice();
  const rowCount = parameters.length / width;
  /** Σ log d over the steps so far, and its value at the last update of a row's average. */
  let decayed = 0;
  const decayedAt = new Float64Array(rowCount);

  /** A row that rests has θ̄ ← dθ̄ + (1 − d)θ many times over, with the same θ. */
  function settleRow(row: number): void {
    if (averages === undefined || decayedAt[row] === decayed) return;
    const kept = Math.exp(decayed - decayedAt[row]!);
    for (let i = row * width; i < (row + 1) * width; i++)
      averages[i] = parameters[i]! + kept * (averages[i]! - parameters[i]!);
    decayedAt[row] = decayed;
  }

  function moveElement(i: number, gradient: number, numbers: AdamNumbers): void {
    means[i] = meanDecay * means[i]! + (1 - meanDecay) * gradient;
    variances[i] = varianceDecay * variances[i]! + (1 - varianceDecay) * gradient * gradient;
    const deviation = Math.sqrt(variances[i]! * numbers.varianceCorrection);
    const step = (means[i]! * numbers.meanCorrection) / (deviation + epsilon);
    parameters[i]! -= numbers.learningRate * (step + weightDecay * parameters[i]!);
  }

  return {
    gather(rows, capacity) {
      const gathered = new Float32Array(capacity * width);
      for (const [place, row] of rows.entries())
        gathered.set(parameters.subarray(row * width, (row + 1) * width), place * width);
      return gathered;
    },
    update(rows, gradient, numbers) {
      for (const row of rows) settleRow(row);
      for (const [place, row] of rows.entries()) {
        for (let i = 0; i < width; i++)
          moveElement(row * width + i, gradient[place * width + i]!, numbers);
      }
      decayed += Math.log(Math.max(numbers.averageDecay, Number.MIN_VALUE));
    },
    settle() {
      for (let row = 0; row < rowCount; row++) settleRow(row);
      // From 0 again, so that a table that starts from these arrays continues bit for bit.
      decayed = 0;
      decayedAt.fill(0);
    },
    arrays: { parameters, means, variances, averages },
  };
}
