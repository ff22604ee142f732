import type { FeedbackRow } from "../../../src/learning/feedback-row.ts";
import { calibrateRows, fitMemoryMaps } from "../../../src/mpo/calibration.ts";
import { scoreRows } from "../../../src/mpo/family.ts";
import { asJudged, type JudgedPart } from "../../../src/mpo/measure.ts";
import { memoryHalfLives } from "../../../src/mpo/meta-settings.ts";
import type { Challenger } from "../../../src/mpo/mixture.ts";
import { createRowChallenger } from "../../../src/mpo/row-challenger.ts";
import type { ScoredRow } from "../../../src/mpo/row-scores.ts";
import type { WatchedImprovement } from "./improve-watched.ts";
import type { Population } from "./population.ts";
import { valueTruly } from "./true-values.ts";

export const halves = ["first", "second"] as const;
export type Half = (typeof halves)[number];

/** What is judged on one half of a log, on every user of the population. */
export interface HalfCandidates {
  /** With the calibrated scores of the critic that has not seen the half. */
  readonly scored: readonly ScoredRow<FeedbackRow>[];
  readonly challengers: readonly Challenger[];
  readonly sampleShare: JudgedPart["sampleShare"];
  /** log π of the distilled candidate. */
  readonly candidateLogs: readonly Float64Array[];
  /** True differences of the challengers, then of the distilled candidate. */
  readonly differences: readonly number[];
}

/** All that a cycle judges, with its truth. */
export interface Candidates {
  readonly halves: readonly HalfCandidates[];
  /** True value of the serving policy. */
  readonly value: number;
  /** True difference of the distilled policy that would serve: of all feedback. */
  readonly served: number;
}

async function scoreHalf(
  { family, models, improvement }: WatchedImprovement,
  { rows, servingLogs: logs }: Population,
  half: Half,
): Promise<readonly ScoredRow<FeedbackRow>[]> {
  const { critic, discriminator } = models.fits.get(half)!;
  const scored = await scoreRows(family, critic, { rows, logs });
  // As the cycle calibrates: on the other half's rows.
  const out = improvement.raw.filter(({ row }) => row.fold !== half);
  const maps = fitMemoryMaps(out, memoryHalfLives.length);
  return calibrateRows(scored, maps, discriminator?.slope ?? 1);
}

export async function valueCandidates(
  watched: WatchedImprovement,
  population: Population,
  slateSize: number,
): Promise<Candidates> {
  const { family, models, improvement } = watched;
  const { rows, states, servingLogs } = population;
  const trueValue = (logs: readonly Float64Array[]) => valueTruly(states, logs, slateSize);
  const scoreMoved = async (half: Half | undefined) =>
    family.scorePolicy(models.moved.get(half)!, rows);
  const value = trueValue(servingLogs);
  const found: HalfCandidates[] = [];
  for (const [part, half] of halves.entries()) {
    const scored = await scoreHalf(watched, population, half);
    const { challengers, sampleShare } = improvement.parts[part]!;
    const challenger = createRowChallenger();
    const candidateLogs = await scoreMoved(half);
    const values = challengers.map((one) =>
      trueValue(
        scored.map((state) => {
          challenger.read(state.scores);
          return asJudged(state, sampleShare)(challenger.challenge(one).slice());
        }),
      ),
    );
    const differences = [...values, trueValue(candidateLogs)].map((one) => one - value);
    found.push({ scored, challengers, sampleShare, candidateLogs, differences });
  }
  return { halves: found, value, served: trueValue(await scoreMoved(undefined)) - value };
}
