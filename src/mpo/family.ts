import type { RandomStream } from "../numeric/random.ts";
import { expectLength } from "./check-rows.ts";
import type { WatchedSeparation } from "./discriminator-slope.ts";
import type { Fold, FoldedRow } from "./judged-row.ts";
import type { StateLimits } from "./limits.ts";
import type { RowScores, ScoredRow } from "./row-scores.ts";
import type { Move } from "./trust-region.ts";

/**
 * Parts of the method that can be left out by name, as in an ablation. The product has all of them.
 *
 * - `calibration`: reward heads are mapped to agree with rewards in the mean, and D to the log odds
 *   confirmed by held-out rows.
 * - `examination`: a reward is weighed by the examination of its position.
 * - `restraint`: a proven D keeps challengers away from implausible items.
 * - `trust region`: a target stays within the support of its judges.
 * - `distillation check`: a candidate that was left far from its target is held.
 * - `gate`: a candidate serves only if the gate passes it.
 */
export type Part =
  | "calibration"
  | "examination"
  | "restraint"
  | "trust region"
  | "distillation check"
  | "gate";

/** Immediate, as from linear models, or a promise, as from networks. */
export type Awaitable<T> = T | Promise<T>;

/**
 * A row with the serving policy's probabilities: all critics of a cycle are compared with the same.
 */
export type KnownRow<Row> = Row & {
  /** log π_θ of the candidates. */
  readonly logPolicy: Float64Array;
  /** π_θ of the candidates. */
  readonly policy: Float64Array;
};

export type CriticScores = Omit<RowScores, "logPolicy">;

export interface CriticFit<Critic> {
  readonly critic: Critic;
  /** Quality of D on rows held out from it; absent if there were none. */
  readonly discriminator?: WatchedSeparation;
}

export interface MovedPolicy<Policy> {
  readonly policy: Policy;
}

export interface FitOptions<Policy, Critic> {
  /** The fold that is left out of the rows; absent if there is none. */
  readonly without: Fold | undefined;
  readonly serving: Policy;
  /** State at the end of the last cycle. */
  readonly from: Critic | undefined;
  readonly has: (part: Part) => boolean;
  /** Of the cycle; the same for all of its fits. */
  readonly random: RandomStream;
}

export interface MoveOptions<Row, Critic> {
  /** Of whose challengers the targets are made. */
  readonly critic: Critic;
  /** The feedback of which the moved states are the first rows of slates. */
  readonly rows: readonly Row[];
  readonly without: Fold | undefined;
  readonly random: RandomStream;
}

/**
 * Models that the method runs on: its requirements on a reward model and a policy, independent of
 * their form.
 */
export interface ModelFamily<
  Row extends FoldedRow,
  Policy,
  Critic,
  Fit extends CriticFit<Critic> = CriticFit<Critic>,
  Moved extends MovedPolicy<Policy> = MovedPolicy<Policy>,
> {
  /** Parts that these models can't have. */
  readonly lacks: readonly Part[];
  readonly limits: StateLimits;
  /** log π of each row's candidates, exploration floor not included. */
  scorePolicy(policy: Policy, rows: readonly Row[]): Awaitable<readonly Float64Array[]>;
  /** The same as the policy serves, corrected by a fast loop as of each row's moment. Absent if policies serve as they are. */
  scoreServed?(policy: Policy, rows: readonly Row[]): Awaitable<readonly Float64Array[]>;
  /** Q by head and D of each row's candidates. */
  scoreCritic(critic: Critic, rows: readonly Row[]): Awaitable<readonly CriticScores[]>;
  /** @param rows without those of the fold that is left out */
  fitCritic(rows: readonly KnownRow<Row>[], options: FitOptions<Policy, Critic>): Awaitable<Fit>;
  /** Moves a policy to its targets. */
  movePolicy(
    policy: Policy,
    moves: readonly Move<Row>[],
    options: MoveOptions<Row, Critic>,
  ): Awaitable<Moved>;
  /**
   * Rewards as they judge if later steps count: each row's reward, and from the next choice on the
   * critic's prediction. Absent if later steps don't count.
   */
  lookAhead?(scored: readonly ScoredRow<Row>[], critic: Critic): ArrayLike<number>;
}

/** The part of a family that scores rows. */
export type Scoring<Row extends FoldedRow, Policy, Critic> = Pick<
  ModelFamily<Row, Policy, Critic>,
  "scorePolicy" | "scoreServed" | "scoreCritic" | "lookAhead"
>;

/**
 * A critic's scores of rows, beside the serving policy's probabilities.
 * @param logs its log π of each row
 */
export async function scoreRows<Row extends FoldedRow, Critic>(
  family: Pick<Scoring<Row, never, Critic>, "scoreCritic">,
  critic: Critic,
  { rows, logs }: { readonly rows: readonly Row[]; readonly logs: readonly Float64Array[] },
): Promise<ScoredRow<Row>[]> {
  const scores = rows.length === 0 ? [] : await family.scoreCritic(critic, rows);
  expectLength("logs", logs.length, rows.length);
  expectLength("scores", scores.length, rows.length);
  return rows.map((row, index) => ({
    row,
    scores: { logPolicy: logs[index]!, ...scores[index]! },
  }));
}

/** The rows with the rewards by which they judge. */
export function expectAhead<Row extends FoldedRow, Critic>(
  family: Pick<Scoring<Row, never, Critic>, "lookAhead">,
  critic: Critic,
  scored: readonly ScoredRow<Row>[],
): readonly ScoredRow<Row>[] {
  const rewards = family.lookAhead?.(scored, critic);
  if (rewards === undefined) return scored;
  expectLength("rewards", rewards.length, scored.length);
  return scored.map(({ row, scores }, index) => ({
    row: { ...row, reward: rewards[index]! },
    scores,
  }));
}
