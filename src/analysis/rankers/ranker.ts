/** Scores every item of the catalogue as the next one of a history, items oldest first; higher is likelier. */
export interface Ranker {
  score(history: ArrayLike<number>): Float64Array;
}

/** Training data of rankers. */
export interface RankerData {
  /** Items of each user, oldest first, numbered 0 … itemCount − 1. */
  readonly training: readonly ArrayLike<number>[];
  readonly itemCount: number;
}
