import { isFirst } from "../mpo/judged-row.ts";
import type { RowScores } from "../mpo/row-scores.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { logistic } from "../numeric/logistic.ts";
import { rowLogOdds } from "../policy/encoder/row-log-odds.ts";
import type { Network } from "../policy/network.ts";
import { createScorer, type Scorer } from "../policy/scorer.ts";
import { rewardHeadCount } from "./critic-shape.ts";
import type { FeedbackRow } from "./feedback-row.ts";
import { candidatesOfSlate, placesInSlate, type SlateRow, slatesOf } from "./slate-candidates.ts";

const scoreBatch = 64;

/** Opens a network's scorer for as long as it is used. */
export async function withScorer<T>(
  network: Network,
  threads: number,
  use: (scorer: Scorer) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer(network, {
    batchStates: scoreBatch,
    threads,
    logOddsOf: rowLogOdds,
  });
  try {
    return await use(scorer);
  } finally {
    await scorer.close();
  }
}

/**
 * Scores each slate once and reads its rows from that.
 * @param read gets a slate's rows and the scores of its candidates by head
 */
async function scoreSlates<Row extends FeedbackRow, T>(
  scorer: Scorer,
  rows: readonly Row[],
  read: (own: readonly Row[], heads: readonly Float64Array[]) => readonly T[],
): Promise<T[]> {
  const slates = Array.from(slatesOf(rows), ([, own]) => own);
  const scores = await scorer.score(
    slates.map(([row]) => ({ state: row!.state, candidates: candidatesOfSlate(row!) })),
  );
  return slates.flatMap((own, index) => read(own, scores[index]!));
}

/** A counted loop takes a tenth of the time of `Float64Array.from`. */
function pick(values: Float64Array, places: Int32Array): Float64Array {
  const picked = new Float64Array(places.length);
  for (let a = 0; a < places.length; a++) picked[a] = values[places[a]!]!;
  return picked;
}

/** Logits with the boosts of the row's rules, in place. */
export function boostLogits(
  logits: Float64Array,
  { boosts }: Pick<SlateRow, "boosts">,
): Float64Array {
  if (boosts) for (let a = 0; a < logits.length; a++) logits[a]! += boosts[a]!;
  return logits;
}

/** log π of a row's candidates, boosts included. @param logits of the candidates of its slate */
export const rowLogs = (row: SlateRow, logits: Float64Array): Float64Array =>
  normaliseLogs(boostLogits(pick(logits, placesInSlate(row)), row));

/** log π of each row's candidates under a one-headed network, exploration floor not included. */
export const scorePolicy = (
  scorer: Scorer,
  rows: readonly FeedbackRow[],
): Promise<Float64Array[]> =>
  scoreSlates(scorer, rows, (own, [head]) => own.map((row) => rowLogs(row, head!)));

/** θ_k of a position, as the critic's training left it; alike in all reward heads. */
function examinationAt({ shape, parameters }: Network, position: number): number {
  return Math.exp(parameters.positionBias![Math.min(position, shape.positions - 1)]!);
}

/** A trained critic and the reward of a position without an event, in [0, 1]. */
export interface CriticModel {
  readonly network: Network;
  readonly defaultReward: number;
}

/**
 * Reward heads as expected rewards at the row's position, b + θ_k·(σ(f) − b), b the default reward,
 * below the first position those of the logged choice alone, and the discriminator as a logit.
 * @param scorer of the critic's network
 */
export async function scoreCritic(
  scorer: Scorer,
  { network, defaultReward }: CriticModel,
  rows: readonly FeedbackRow[],
): Promise<Omit<RowScores, "logPolicy">[]> {
  return scoreSlates(scorer, rows, (own, heads) => {
    const discriminator = heads[rewardHeadCount]!;
    const rewards = heads.slice(0, rewardHeadCount);
    return own.map((row) => {
      const examination = examinationAt(network, row.shownAt ?? row.position);
      const least = (1 - examination) * defaultReward;
      const places = placesInSlate(row);
      const read = isFirst(row) ? places : places.subarray(row.action, row.action + 1);
      const rewardHeads = rewards.map((head) => {
        const own = pick(head, read);
        for (let a = 0; a < own.length; a++) own[a] = least + examination * logistic(own[a]!);
        return own;
      });
      return { rewardHeads, discriminator: pick(discriminator, places) };
    });
  });
}
