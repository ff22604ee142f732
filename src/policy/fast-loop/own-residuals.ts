import { factoriseUpper, solveTransposed } from "../../numeric/cholesky.ts";
import type { RegressionMoments } from "./evident-priors.ts";

/** Sums of one owner's events, forgotten ones as parts of one. */
interface Remembered {
  /** Σx·y, then the upper triangle of Σx·xᵀ, row by row. */
  readonly sums: Float64Array;
  /** Events of all owners when it was last updated. */
  readonly at: number;
}

/** Whose residuals they are, an item or a user. */
export interface Owner {
  readonly id: string;
  /** Events that the prior of each weight weighs as much as, for features of length about 1. */
  readonly priorEvents: number;
}

export interface Residual {
  readonly mean: number;
  /** Times σ² the posterior variance. */
  readonly spread: number;
}

export const noResidual: Residual = { mean: 0, spread: 0 };

/**
 * For each owner a Bayesian linear regression of its own, shrunk to 0, with forgetting: the part of
 * items' and users' rewards that their features don't explain. Grows by some 0.8 kB an owner with
 * events, at size 9.
 */
export interface OwnResiduals {
  /** The owner's posterior at features x, `size` numbers. */
  find(owner: Owner): (x: Float64Array) => Residual;
  /** Counts one event: all owners forget, this one learns. */
  update(owner: Owner, x: Float64Array, target: number): void;
  /** Over all owners, as of the newest event. */
  moments(): RegressionMoments;
  clone(): OwnResiduals;
  /** The same with more features, which come after its own and were 0 in all events. */
  widen(size: number): OwnResiduals;
}

/** Posteriors kept from one event to the next: requests between two blocks ask for the same items. */
const capacity = 4096;

interface Posterior {
  readonly priorEvents: number;
  /** R with RᵀR the posterior's precision. */
  readonly factor: Float64Array;
  /** R⁻ᵀ·Σx·y. */
  readonly targets: Float64Array;
}

/** From an owner's sums, whose first `size` cells are overwritten. */
function solvePosterior(sums: Float64Array, size: number, priorEvents: number): Posterior {
  const factor = new Float64Array(size * size);
  let cell = size;
  for (let row = 0; row < size; row++) {
    for (let column = row; column < size; column++) factor[row * size + column] = sums[cell++]!;
    factor[row * size + row]! += priorEvents;
  }
  factoriseUpper(factor, size);
  const targets = sums.subarray(0, size);
  solveTransposed(factor, size, targets);
  return { priorEvents, factor, targets };
}

/**
 * One event more in an owner's sums.
 * @param x `size` numbers
 */
function addEvent(sums: Float64Array, x: Float64Array, target: number): void {
  const size = x.length;
  let cell = size;
  for (let row = 0; row < size; row++) {
    sums[row]! += x[row]! * target;
    for (let column = row; column < size; column++) sums[cell++]! += x[row]! * x[column]!;
  }
}

/** Sums of `size` features as those of `wide`, the others of which were 0. */
function widenSums(sums: Float64Array, size: number, wide: number): Float64Array {
  const widened = new Float64Array(wide + (wide * (wide + 1)) / 2);
  widened.set(sums.subarray(0, size));
  let [from, to] = [size, wide];
  for (let row = 0; row < size; row++) {
    widened.set(sums.subarray(from, from + size - row), to);
    from += size - row;
    to += wide - row;
  }
  return widened;
}

/** Of one owner's sums. */
function momentsOf(sums: Float64Array, size: number): RegressionMoments {
  let [targets, trace, squares] = [0, 0, 0];
  let cell = size;
  for (let row = 0; row < size; row++) {
    const diagonal = sums[cell++]!;
    targets += sums[row]! ** 2;
    trace += diagonal;
    squares += diagonal ** 2;
    for (let column = row + 1; column < size; column++) squares += 2 * sums[cell++]! ** 2;
  }
  return { targets, trace, squares };
}

/** Of all owners, once all have forgotten and one has learnt. */
const replaceMoments = (
  all: RegressionMoments,
  forgetting: number,
  [before, after]: readonly [RegressionMoments, RegressionMoments],
): RegressionMoments => ({
  targets: forgetting ** 2 * all.targets + after.targets - before.targets,
  trace: forgetting * all.trace + after.trace - before.trace,
  squares: forgetting ** 2 * all.squares + after.squares - before.squares,
});

interface ResidualSums {
  readonly owners: ReadonlyMap<string, Remembered>;
  readonly events: number;
  readonly moments: RegressionMoments;
}

const noEvents: ResidualSums = {
  owners: new Map(),
  events: 0,
  moments: { targets: 0, trace: 0, squares: 0 },
};

export function createOwnResiduals(
  size: number,
  forgetting: number,
  start: ResidualSums = noEvents,
): OwnResiduals {
  const owners = new Map(start.owners);
  let { events, moments } = start;
  const scratch = new Float64Array(size);
  /** A copy of an owner's sums as of now. */
  const recall = (id: string): Float64Array => {
    const found = owners.get(id);
    if (found === undefined) return new Float64Array(size + (size * (size + 1)) / 2);
    const left = forgetting ** (events - found.at);
    const sums = found.sums.slice();
    for (let cell = 0; cell < sums.length; cell++) sums[cell]! *= left;
    return sums;
  };
  const posteriors = new Map<string, Posterior>();
  const readPosterior = ({ id, priorEvents }: Owner): Posterior => {
    const known = posteriors.get(id);
    if (known?.priorEvents === priorEvents) return known;
    const posterior = solvePosterior(recall(id), size, priorEvents);
    if (posteriors.size >= capacity) posteriors.clear();
    posteriors.set(id, posterior);
    return posterior;
  };
  return {
    find: (owner) => {
      const { factor, targets } = readPosterior(owner);
      return (x) => {
        for (let index = 0; index < size; index++) scratch[index] = x[index]!;
        solveTransposed(factor, size, scratch);
        let [mean, spread] = [0, 0];
        for (let index = 0; index < size; index++) {
          mean += scratch[index]! * targets[index]!;
          spread += scratch[index]! * scratch[index]!;
        }
        return { mean, spread };
      };
    },
    update: ({ id }, x, target) => {
      events += 1;
      posteriors.clear();
      const sums = recall(id);
      const before = momentsOf(sums, size);
      addEvent(sums, x, target);
      moments = replaceMoments(moments, forgetting, [before, momentsOf(sums, size)]);
      owners.set(id, { sums, at: events });
    },
    moments: () => moments,
    clone: () => createOwnResiduals(size, forgetting, { owners, events, moments }),
    widen: (wide) => {
      const widened = [...owners].map(
        ([id, { sums, at }]) => [id, { sums: widenSums(sums, size, wide), at }] as const,
      );
      return createOwnResiduals(wide, forgetting, { owners: new Map(widened), events, moments });
    },
  };
}
