/** What keeps the items of a slate apart: features of its candidates. */
export interface SlateDiversity {
  /** δ in [0, 1): correlation of two items with the same features. */
  readonly strength: number;
  /** Numbers of the features of each candidate. */
  readonly featuresOf: readonly (readonly number[])[];
  /** w by feature, above 0. */
  readonly weights: readonly number[];
  /** Features of the items that have their places from the start. */
  readonly placed?: readonly (readonly number[])[];
}

/** How far the items of a slate already tell those of its candidates, as it fills. */
export interface Spread {
  /** By candidate, what `placed` items leave unexplained of it, in [1 − δ, 1]. */
  readonly start: Float64Array;
  /** The same of all items taken, over `start`: the odds of each candidate are multiplied by it. */
  readonly factors: Float64Array;
  take(candidate: number): void;
  /** Begins an empty slate. */
  clear(): void;
}

/** Feature vectors of length 1, or 0 for an item without features, one after the other. */
interface Vectors {
  readonly starts: Int32Array;
  readonly features: Int32Array;
  readonly values: Float64Array;
}

function toVectors(lists: readonly (readonly number[])[], weights: readonly number[]): Vectors {
  const starts = new Int32Array(lists.length + 1);
  const features = Int32Array.from(lists.flat());
  const values = new Float64Array(features.length);
  let at = 0;
  for (const [a, list] of lists.entries()) {
    let squares = 0;
    for (const feature of list) squares += weights[feature] ?? 0;
    for (const feature of list) values[at++] = Math.sqrt((weights[feature] ?? 0) / squares);
    starts[a + 1] = at;
  }
  return { starts, features, values };
}

/** δ·⟨v_j, v_a⟩ of one item with all. */
function createCorrelations({ starts, features, values }: Vectors, weights: number, δ: number) {
  const count = starts.length - 1;
  const dense = new Float64Array(weights);
  const known: (Float64Array | undefined)[] = [];
  const write = (j: number, scale: number) => {
    const [from = 0, to = 0] = starts.subarray(j, j + 2);
    for (let at = from; at < to; at++) dense[features[at] ?? 0] = scale * (values[at] ?? 0);
  };
  const correlate = (j: number): Float64Array => {
    write(j, δ);
    let at = 0;
    const correlations = Float64Array.from({ length: count }, (_, a) => {
      const end = starts[a + 1] ?? 0;
      let sum = 0;
      for (; at < end; at++) sum += (dense[features[at] ?? 0] ?? 0) * (values[at] ?? 0);
      return sum;
    });
    write(j, 0);
    return correlations;
  };
  return (j: number): Float64Array => {
    const correlations = known[j] ?? correlate(j);
    known[j] = correlations;
    return correlations;
  };
}

/** x − factor·y, in place. */
function subtract(x: Float64Array, factor: number, y: Float64Array): void {
  if (factor !== 0) for (let a = 0; a < x.length; a++) x[a] = (x[a] ?? 0) - factor * (y[a] ?? 0);
}

/**
 * Conditional variances d² of a Gaussian field over the items, whose correlations are δ times the cosine of their features: 1 − cᵀC⁻¹c given
 * the items taken, C among them and c with the candidate. Each item taken costs a step of the incremental Cholesky factorisation, as in
 * the greedy choice of determinantal point processes (Chen, Zhang & Zhou 2018). ½·log d² is what the slate's entropy gains by the
 * candidate, less its own; d² is never below 1 − δ.
 */
export function createSpread(diversity: SlateDiversity): Spread {
  const { strength, featuresOf, weights, placed = [] } = diversity;
  const count = featuresOf.length;
  const vectors = toVectors([...featuresOf, ...placed], weights);
  const correlate = createCorrelations(vectors, weights.length, strength);
  const variances = new Float64Array(count + placed.length);
  /** Rows of the Cholesky factor, one for each item taken. */
  let rows: Float64Array[] = [];
  const take = (j: number) => {
    const scale = 1 / Math.sqrt(variances[j] ?? 1);
    const row = correlate(j).slice();
    for (const above of rows) subtract(row, above[j] ?? 0, above);
    for (let a = 0; a < row.length; a++) {
      const own = scale * (row[a] ?? 0);
      row[a] = own;
      // Rounding could pass the bound by a hair.
      variances[a] = Math.max(1 - strength, (variances[a] ?? 1) - own * own);
    }
    rows.push(row);
  };
  const begin = () => {
    rows = [];
    variances.fill(1);
    for (const index of placed.keys()) take(count + index);
  };
  begin();
  const start = variances.slice(0, count);
  const factors = new Float64Array(count).fill(1);
  return {
    start,
    factors,
    take: (candidate) => {
      take(candidate);
      for (let a = 0; a < count; a++) factors[a] = (variances[a] ?? 1) / (start[a] ?? 1);
    },
    clear: () => {
      begin();
      factors.fill(1);
    },
  };
}
