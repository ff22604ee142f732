/** Features of users or items, the last one a constant 1. */
export interface FeatureTable {
  readonly width: number;
  /** [rows × width], row-major. */
  readonly values: Float64Array;
}

/** Scores xᵀ·W·y + b of a user with features x and an item with features y. */
export interface BilinearScores {
  /** W, [user width × item width], row-major. */
  readonly weights: Float64Array;
  /** b by item number. */
  readonly biases: Float64Array;
}

/** Visits of one cycle: n users, each offered `width` different items. */
export interface BanditVisits {
  readonly users: Int32Array;
  readonly width: number;
  /** Item numbers, [n × width]. */
  readonly candidates: Int32Array;
  /**
   * A uniform number each: a click comes if it is below the click probability of the shown item.
   */
  readonly moods: Float64Array;
}

/**
 * A place with users as arrays, for loops that are run on many seeds: slates of one item, a click
 * or none. Everything comes from its seed; the draws of a cycle depend on its number alone, so
 * policies are compared pair by pair.
 */
export interface BanditWorld {
  readonly users: number;
  /** Items that ever come up, numbered from 0. */
  readonly items: number;
  readonly userFeatures: FeatureTable;
  readonly itemFeatures: FeatureTable;
  /** Logits of the policy that made the first log. */
  readonly logging: BilinearScores;
  /** @param cycle from 0 */
  visits(cycle: number, count: number): BanditVisits;
  /** True click probability of an item that a user is shown in a cycle, for clicks and reports. */
  truth(cycle: number): (user: number, item: number) => number;
}
