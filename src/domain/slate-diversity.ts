/** Keeps the items of a slate apart by features of its candidates. */
export interface SlateDiversity {
  /** λ ≥ 0: power of the part of a candidate that the items above leave unexplained. */
  readonly power: number;
  /** Numbers of the features of each candidate. */
  readonly featuresOf: readonly (readonly number[])[];
  /** w by feature, above 0. */
  readonly weights: readonly number[];
  /** Features of the items that have their places from the start. */
  readonly placed?: readonly (readonly number[])[];
}

/** The unexplained part of each candidate of a slate, as it fills. */
export interface Spread {
  /** Part of the placed items in the log-odds of each candidate, ≤ 0. */
  readonly start: Float64Array;
  /** Conditional variances over those of the empty slate, in [0.1, 1]. */
  readonly unexplained: Float64Array;
  /** λ: the odds of each candidate are multiplied by `unexplained` to this power. */
  readonly power: number;
  take(candidate: number): void;
  /** Begins an empty slate. */
  clear(): void;
}

/**
 * δ: correlation of two items with the same features. A tenth of an item is its own, so that none is ruled out by those above: they divide
 * its odds by at most 10^λ.
 */
const fullCorrelation = 0.9;
/** Of a candidate's log-odds, by the items above. */
export const largestTilt = ({ power }: Pick<SlateDiversity, "power">): number =>
  -power * Math.log(1 - fullCorrelation);

/** Feature vectors of length 1, or 0 for an item without features, one after the other. */
interface Vectors {
  readonly starts: Int32Array;
  readonly features: Int32Array;
  readonly values: Float64Array;
}

function toVectors(lists: readonly (readonly number[])[], weights: readonly number[]): Vectors {
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  const [features, values] = [new Int32Array(count), new Float64Array(count)];
  const starts = new Int32Array(lists.length + 1);
  let at = 0;
  lists.forEach((list, a) => {
    let squares = 0;
    for (const feature of list) squares += weights[feature] ?? 0;
    for (const feature of list) {
      features[at] = feature;
      values[at++] = Math.sqrt((weights[feature] ?? 0) / squares);
    }
    starts[a + 1] = at;
  });
  return { starts, features, values };
}

/** δ·⟨v_j, v_a⟩ of one item with all. */
function createCorrelations({ starts, features, values }: Vectors, weights: number) {
  const count = starts.length - 1;
  const dense = new Float64Array(weights);
  const known: (Float64Array | undefined)[] = [];
  const write = (j: number, scale: number) => {
    const [from = 0, to = 0] = starts.subarray(j, j + 2);
    for (let at = from; at < to; at++) dense[features[at] ?? 0] = scale * (values[at] ?? 0);
  };
  const correlate = (j: number): Float64Array => {
    write(j, fullCorrelation);
    const correlations = new Float64Array(count);
    for (let a = 0, at = 0; a < count; a++) {
      const end = starts[a + 1] ?? 0;
      let sum = 0;
      for (; at < end; at++) sum += (dense[features[at] ?? 0] ?? 0) * (values[at] ?? 0);
      correlations[a] = sum;
    }
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
 * the items taken, C their correlations and c those with the candidate. Each item taken is a step of the incremental Cholesky
 * factorisation, as in the greedy choice of determinantal point processes (Chen, Zhang & Zhou 2018). ½·ln d² is the candidate's entropy
 * given the items taken, less its own.
 */
export function createSpread(diversity: SlateDiversity): Spread {
  const { power, featuresOf, weights, placed = [] } = diversity;
  const count = featuresOf.length;
  const vectors = toVectors([...featuresOf, ...placed], weights);
  const correlate = createCorrelations(vectors, weights.length);
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
      variances[a] = Math.max(1 - fullCorrelation, (variances[a] ?? 1) - own * own);
    }
    rows.push(row);
  };
  const begin = () => {
    rows = [];
    variances.fill(1);
    for (const index of placed.keys()) take(count + index);
  };
  begin();
  const before = variances.slice(0, count);
  const unexplained = new Float64Array(count).fill(1);
  return {
    power,
    start: before.map((variance) => power * Math.log(variance)),
    unexplained,
    take: (candidate) => {
      take(candidate);
      for (let a = 0; a < count; a++) unexplained[a] = (variances[a] ?? 1) / (before[a] ?? 1);
    },
    clear: () => {
      begin();
      unexplained.fill(1);
    },
  };
}
