import { factoriseUpper, solveTransposed } from "../../numeric/cholesky.ts";

/** Sums of one owner's events, forgotten ones as parts of one. */
interface Sums {
  /** Σx·xᵀ, the upper triangle of size × size. */
  readonly squares: Float64Array;
  /** Σx·y. */
  readonly targets: Float64Array;
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

/**
 * For each owner a Bayesian linear regression of its own, shrunk to 0, with forgetting: what head and policy can't say of an
 * item because its features don't, and of a user. Grows by an entry of 8·(size² + size) bytes an owner.
 */
export interface OwnResiduals {
  /** The owner's posterior at features x, `size` numbers. */
  find(owner: Owner): (x: Float64Array) => Residual;
  /** Counts one event: all owners forget, this one learns. */
  update(owner: Owner, x: Float64Array, target: number): void;
  clone(): OwnResiduals;
}

export function createOwnResiduals(
  size: number,
  forgetting: number,
  start: { readonly owners: ReadonlyMap<string, Sums>; readonly events: number } = {
    owners: new Map(),
    events: 0,
  },
): OwnResiduals {
  const owners = new Map(start.owners);
  let { events } = start;
  const scratch = new Float64Array(size);
  const recall = (id: string) => {
    const found = owners.get(id);
    if (found === undefined)
      return { squares: new Float64Array(size * size), targets: new Float64Array(size) };
    const left = forgetting ** (events - found.at);
    const squares = found.squares.slice();
    const targets = found.targets.slice();
    for (let cell = 0; cell < squares.length; cell++) squares[cell]! *= left;
    for (let cell = 0; cell < size; cell++) targets[cell]! *= left;
    return { squares, targets };
  };
  return {
    find: ({ id, priorEvents }) => {
      const { squares: factor, targets } = recall(id);
      for (let row = 0; row < size; row++) factor[row * size + row]! += priorEvents;
      factoriseUpper(factor, size);
      solveTransposed(factor, size, targets);
      return (x) => {
        scratch.set(x);
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
      const { squares, targets } = recall(id);
      for (let row = 0; row < size; row++) {
        targets[row]! += x[row]! * target;
        for (let column = row; column < size; column++)
          squares[row * size + column]! += x[row]! * x[column]!;
      }
      owners.set(id, { squares, targets, at: events });
    },
    clone: () => createOwnResiduals(size, forgetting, { owners, events }),
  };
}
