/** Users' interactions, each user's items oldest first, numbered 0 … itemCount − 1. */
export interface Interactions {
  readonly itemCount: number;
  readonly sequences: readonly ArrayLike<number>[];
  /**
   * Of each item of each user, ascending within a user; any one unit. Absent if the data has none.
   */
  readonly times?: readonly ArrayLike<number>[] | undefined;
}

/** An item that a ranker must predict from the user's earlier events. */
export interface HeldOutItem {
  readonly history: ArrayLike<number>;
  readonly target: number;
}

/** No training sequence holds a validation or test target at its place or anything its user did later. */
export interface RankingSplit {
  readonly itemCount: number;
  readonly training: readonly ArrayLike<number>[];
  /** For choosing settings and epochs. */
  readonly validation: readonly HeldOutItem[];
  readonly test: readonly HeldOutItem[];
}

export const protocols = ["leave-one-out", "time-split"] as const;
export type Protocol = (typeof protocols)[number];

/**
 * Of every user with three items or more the last one is the test target and the one before it the
 * validation target; the test history holds the validation target (Kang & McAuley 2018,
 * arXiv:1808.09781, section 4). Shorter sequences are only trained on.
 *
 * Users' last items lie at different times, so training sees other users' events after a test
 * target (Gusak et al. 2025, arXiv:2507.16289): `splitByTime` does not.
 */
export function leaveOneOut({ sequences, itemCount }: Interactions): RankingSplit {
  const long = sequences.filter((sequence) => sequence.length >= 3);
  return {
    itemCount,
    training: sequences.map((sequence) =>
      sequence.length < 3 ? sequence : take(sequence, sequence.length - 2),
    ),
    validation: long.map((sequence) => holdOut(sequence, sequence.length - 2)),
    test: long.map((sequence) => holdOut(sequence, sequence.length - 1)),
  };
}

/** Newest share of all interactions, and of those before them. */
const testShare = 0.1;
const validationShare = 0.1;

/**
 * Training ends at one time for all: the time before which nine tenths of all interactions lie. The test target is the
 * last item of each user who was there at that time or later; all that the user did before it is its history ("global
 * temporal split, last target" of Gusak et al. 2025). Validation targets are the last training items of users who were
 * there in the newest tenth of the training.
 *
 * @throws RangeError without times
 */
export function splitByTime({ sequences, itemCount, times }: Interactions): RankingSplit {
  if (times === undefined)
    throw new RangeError("a split by time needs times of interactions, got none");
  const moments = Float64Array.from(times.flatMap((one) => Array.from(one))).sort();
  const testFrom = quantile(moments, 1 - testShare);
  const validationFrom = quantile(
    moments.filter((time) => time < testFrom),
    1 - validationShare,
  );
  const training: ArrayLike<number>[] = [];
  const validation: HeldOutItem[] = [];
  const test: HeldOutItem[] = [];
  for (const [user, sequence] of sequences.entries()) {
    const own = times[user]!;
    const known = Array.from(own).filter((time) => time < testFrom).length;
    if (known < own.length && own.length > 1) test.push(holdOut(sequence, own.length - 1));
    const isValidation = known > 1 && own[known - 1]! >= validationFrom;
    if (isValidation) validation.push(holdOut(sequence, known - 1));
    training.push(take(sequence, isValidation ? known - 1 : known));
  }
  return { itemCount, training: training.filter(({ length }) => length > 0), validation, test };
}

const quantile = (ascending: Float64Array, share: number): number =>
  ascending[Math.floor(share * ascending.length)]!;

const take = (sequence: ArrayLike<number>, end: number): number[] =>
  Array.prototype.slice.call(sequence, 0, end) as number[];

const holdOut = (sequence: ArrayLike<number>, index: number): HeldOutItem => ({
  history: take(sequence, index),
  target: sequence[index]!,
});
