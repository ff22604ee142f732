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
/** λ·ln u: part of diversity in the log-odds of a candidate of which the items above leave u unexplained. */
export const tiltBy = (unexplained: number, power: number): number =>
  // A candidate with nothing in common with the items above needs no logarithm.
  unexplained === 1 ? 0 : power * Math.log(unexplained);

/** Of a candidate's log-odds, by the items above. */
export const largestTilt = ({ power }: Pick<SlateDiversity, "power">): number =>
  -tiltBy(1 - fullCorrelation, power);

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

/** ⟨v_a, x⟩, x by feature. */
function project({ starts, features, values }: Vectors, a: number, x: Float64Array): number {
  const end = starts[a + 1] ?? 0;
  let sum = 0;
  for (let at = starts[a] ?? 0; at < end; at++)
    sum += (values[at] ?? 0) * (x[features[at] ?? 0] ?? 0);
  return sum;
}

/** v_a by feature. */
function spell({ starts, features, values }: Vectors, a: number, count: number): Float64Array {
  const vector = new Float64Array(count);
  const end = starts[a + 1] ?? 0;
  for (let at = starts[a] ?? 0; at < end; at++) vector[features[at] ?? 0] = values[at] ?? 0;
  return vector;
}

/** x − Σ share·h, in place. */
function deduct(x: Float64Array, known: readonly Float64Array[], shares: readonly number[]): void {
  for (const [index, h] of known.entries()) {
    const share = shares[index] ?? 0;
    if (share !== 0) for (let f = 0; f < x.length; f++) x[f] = (x[f] ?? 0) - share * (h[f] ?? 0);
  }
}

/**
 * Conditional variances of a Gaussian field x_a = √δ·⟨v_a, w⟩ + √(1 − δ)·ε_a over the items, w ~ N(0, I) by feature, given the items taken:
 * 1 − cᵀC⁻¹c with C their correlations and c those with a. An item taken tells of w: its covariance is I − Σ h·hᵀ, a vector h for
 * each. ½·ln of the variance is the candidate's entropy given the items taken, less its own. Products of the variances in any order are
 * the determinant of C, as in determinantal point processes (Kulesza & Taskar 2012; Chen, Zhang & Zhou 2018).
 */
export function createSpread(diversity: SlateDiversity): Spread {
  const { power, featuresOf, weights, placed = [] } = diversity;
  const count = featuresOf.length;
  const vectors = toVectors([...featuresOf, ...placed], weights);
  const variances = new Float64Array(count + placed.length);
  let known: Float64Array[] = [];
  const take = (j: number) => {
    const h = spell(vectors, j, weights.length);
    const shares = known.map((one) => project(vectors, j, one));
    deduct(h, known, shares);
    const scale = Math.sqrt(fullCorrelation / (variances[j] ?? 1));
    for (let f = 0; f < h.length; f++) h[f] = scale * (h[f] ?? 0);
    for (let a = 0; a < variances.length; a++) {
      const told = fullCorrelation * project(vectors, a, h) ** 2;
      // Rounding could pass the bound by a hair.
      variances[a] = Math.max(1 - fullCorrelation, (variances[a] ?? 1) - told);
    }
    known.push(h);
  };
  const begin = () => {
    known = [];
    variances.fill(1);
    for (const index of placed.keys()) take(count + index);
  };
  begin();
  const before = variances.slice(0, count);
  const unexplained = new Float64Array(count).fill(1);
  return {
    power,
    start: before.map((variance) => tiltBy(variance, power)),
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
