import type { Arm } from "../domain/decision.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { scoreRows } from "../engine/cycle/score-rows.ts";
import type { StageClock } from "../engine/cycle/stage-clock.ts";
import { type CriticRow, type CriticTraining, createCritic } from "../learning/critic.ts";
import { type Fold, markForeign } from "../learning/feedback-row.ts";
import type { ScoredRow } from "../learning/scored-row.ts";
import { lookAhead, trainValueCritic } from "../learning/session-value.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Network } from "../policy/network.ts";
import { calibrateRows, fitMemoryMaps } from "./calibration.ts";
import type { ChallengerSetting } from "./challengers.ts";
import { type MeasuredPart, measurePart, temper } from "./measure.ts";
import { memoryHalfLives } from "./meta-settings.ts";
import { isProven } from "./separation.ts";

export interface FitInput {
  /** Where the last cycle left the critic. */
  readonly critic: Network | undefined;
  readonly mpo: MpoConfiguration;
  /** Arm in which the serving policy was logged: judging compares with it, so only its own traffic is near enough to count. */
  readonly arm: Arm;
  /** Of the serving policy. */
  readonly version: number;
  readonly random: RandomStream;
  /** γ of the scenario. */
  readonly discount: number;
  readonly threads: number;
  readonly stages: StageClock;
}

/** The cycle's settings are the same for all of its fits. */
export interface ProposedInput extends FitInput {
  readonly settings: readonly ChallengerSetting[];
}

/** The three fits of a cycle share all but the rows that they leave out. */
export interface Fit {
  readonly critic: CriticTraining;
  /** Newest states that it was trained on, scored by it. */
  readonly states: readonly ScoredRow[];
  /** The half that it was not trained on, as far as the serving policy's arm logged it. */
  readonly held: readonly ScoredRow[];
}

/** A fit with calibrated reward heads, and its challengers on the half that they are judged on. */
export interface CalibratedFit extends Fit {
  readonly measured: MeasuredPart;
}

/** A row with log π_θ of its candidates: three critics are held against the same. */
export interface KnownRow extends CriticRow {
  readonly logPolicy: Float64Array;
}

/** Fits a critic to all rows but those of a fold. */
export async function fitCritic(
  input: FitInput,
  rows: readonly KnownRow[],
  without: Fold | undefined,
): Promise<Fit> {
  const { threads, stages, random, arm, version, mpo } = input;
  const known = rows.filter(({ fold }) => fold !== without);
  const critic = await stages.measure("critic", () =>
    trainValueCritic({
      network: input.critic ?? createCritic(random.split("critic")),
      rows: known,
      random: random.split(`train-critic/${without ?? "both"}`),
      discount: input.discount,
      threads,
      settings: mpo.critic,
    }),
  );
  const score = (chosen: readonly KnownRow[]) =>
    stages.measure("score", () => {
      const logs = chosen.map(({ logPolicy }) => logPolicy);
      return scoreRows({ logs, critic: critic.network, rows: chosen, threads });
    });
  const held = rows.filter((row) => row.fold === without && row.arm === arm);
  return {
    critic,
    states: await score(known.slice(0, mpo.distillation.states)),
    held: await score(markForeign(held, { [arm]: version })),
  };
}

/** @param out rows that the maps may be fitted to: their critic has not seen them, and none of them judges this fit */
export async function calibrateFit(
  { stages, settings, discount }: ProposedInput,
  { critic, ...fit }: Fit,
  out: readonly ScoredRow[],
): Promise<CalibratedFit> {
  const { slope } = critic.separation;
  const [states, held] = await stages.measure("score", () => {
    const maps = fitMemoryMaps(out, memoryHalfLives.length);
    return [calibrateRows(fit.states, maps, slope), calibrateRows(fit.held, maps, slope)] as const;
  });
  const challengers = await stages.measure("challengers", () =>
    temper(held, settings, isProven(critic.separation)),
  );
  const measured = await stages.measure("judge", () =>
    measurePart({ rows: lookAhead(held, discount), challengers }),
  );
  return { critic, states, held, measured };
}
