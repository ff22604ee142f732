import type { ChallengerSetting } from "../domain/improvement-record.ts";
import { calibrateRows, fitMemoryMaps } from "./calibration.ts";
import type { PolicyStep } from "./choose-step.ts";
import {
  type CriticFit,
  expectAhead,
  type KnownRow,
  type ModelFamily,
  type MovedPolicy,
  type Part,
  scoreRows,
} from "./family.ts";
import type { ImproveInput, Stages } from "./improve-input.ts";
import type { Judgement } from "./judge.ts";
import { type Fold, type FoldedRow, isFirst } from "./judged-row.ts";
import { chooseStates } from "./limits.ts";
import { type JudgedPart, type MeasuredPart, measurePart } from "./measure.ts";
import { memoryHalfLives } from "./meta-settings.ts";
import { type Challenger, temper } from "./mixture.ts";
import type { ScoredRow } from "./row-scores.ts";
import { isProven } from "./separation.ts";
import { type Move, moveStates } from "./trust-region.ts";

/** A critic that was fitted to all rows but those of a fold. */
export interface HeldFit<Row extends FoldedRow, Fit> {
  readonly without: Fold | undefined;
  readonly fit: Fit;
  /** The rows of the fold that the serving policy made. */
  readonly held: readonly ScoredRow<Row>[];
  /** Those that other policies made, which the gate reads too. */
  readonly others: readonly ScoredRow<Row>[];
}

/** A fit with calibrated scores, and its challengers on the half that they are judged on. */
export interface JudgedFit<Row extends FoldedRow, Fit> extends HeldFit<Row, Fit> {
  readonly settings: readonly ChallengerSetting[];
  readonly calibrate: (rows: readonly ScoredRow<Row>[]) => readonly ScoredRow<Row>[];
  readonly challengers: readonly Challenger[];
  readonly sampleShare: JudgedPart["sampleShare"];
  readonly measured: MeasuredPart;
  /** Rows that judge a candidate: the measured ones, then the others. */
  readonly gateRows: MeasuredPart["rows"];
}

/** Where a policy is moved to: the mixture of a fit's challengers, as far as a step allows. */
export interface Aim {
  readonly weights: Judgement["weights"];
  /** Absent if there is no policy to protect. */
  readonly step: PolicyStep | undefined;
}

/** The policy that was moved, and how. */
export interface Proposal<Row extends FoldedRow, Moved> {
  readonly challengers: readonly Challenger[];
  readonly moves: readonly Move<Row>[];
  readonly moved: Moved;
}

interface FitRun<Row extends FoldedRow, Policy, Critic> extends ImproveInput<Row, Policy, Critic> {
  readonly stages: Stages;
  readonly has: (part: Part) => boolean;
}

const leaveRaw = <Row extends FoldedRow>(scored: readonly ScoredRow<Row>[]) => scored;

/** Puts each head through the map of its memory, and D times the slope that held-out rows bear out. */
function fitCalibrations<Row extends FoldedRow>(
  { discriminator }: CriticFit<unknown>,
  out: readonly ScoredRow<Row>[],
): (scored: readonly ScoredRow<Row>[]) => readonly ScoredRow<Row>[] {
  const maps = fitMemoryMaps(out, memoryHalfLives.length);
  const slope = discriminator?.slope ?? 1;
  return (scored) => calibrateRows(scored, maps, slope);
}

/** Whether another policy than the serving one made a row. */
const isOther = ({ loggingLogs, isOwnDraw }: KnownRow<FoldedRow>) =>
  loggingLogs !== undefined && isOwnDraw !== true;

/** The three fits of a cycle, which share all but the rows that they leave out. */
export interface Fits<Row extends FoldedRow, Fit, Moved> {
  fit(without: Fold | undefined): Promise<HeldFit<Row, Fit>>;
  /** @param out rows that the maps may be fitted to: their critic has not seen them, and none of them judges this fit */
  judge(
    fit: HeldFit<Row, Fit>,
    settings: readonly ChallengerSetting[],
    out: readonly ScoredRow<Row>[],
  ): Promise<JudgedFit<Row, Fit>>;
  move(fit: JudgedFit<Row, Fit>, aim: Aim): Promise<Proposal<Row, Moved>>;
}

/** @param rows in the order in which the family reads them; @param judging those of them that judge */
export function createFits<
  Row extends FoldedRow,
  Policy,
  Critic,
  Fit extends CriticFit<Critic>,
  Moved extends MovedPolicy<Policy>,
>(
  family: ModelFamily<Row, Policy, Critic, Fit, Moved>,
  run: FitRun<Row, Policy, Critic>,
  { rows, judging }: Record<"rows" | "judging", readonly KnownRow<Row>[]>,
): Fits<KnownRow<Row>, Fit, Moved> {
  type Known = KnownRow<Row>;
  const { serving, critic: from, arm, floor, random, stages, has, mpo } = run;
  const { targetSampleShares } = mpo.distillation;
  const sampleShare = has("trust region") ? Math.min(...targetSampleShares) : undefined;
  const { limits } = family;
  const knownTo = (without: Fold | undefined) => rows.filter(({ fold }) => fold !== without);
  const score = ({ critic }: Fit, chosen: readonly Known[]) =>
    stages.measure("score", () =>
      scoreRows<Known, Critic>(family, critic, {
        rows: chosen,
        logs: chosen.map(({ logPolicy }) => logPolicy),
      }),
    );
  const solve = (
    { discriminator: d }: Fit,
    scored: readonly ScoredRow<Known>[],
    settings: readonly ChallengerSetting[],
  ) => {
    const restrains = has("restraint") && d !== undefined && isProven(d);
    const states = scored.filter(({ row }) => isFirst(row)).slice(0, limits.solved);
    return stages.measure("challengers", () => temper(states, settings, restrains));
  };
  return {
    fit: async (without) => {
      const fit = await stages.measure("critic", () =>
        family.fitCritic(knownTo(without), { without, serving, from, has, random }),
      );
      const all = judging.filter(({ fold }) => fold === without);
      const own = all.filter((row) => !isOther(row));
      const held = await score(fit, own);
      return { without, fit, held, others: await score(fit, all.filter(isOther)) };
    },
    judge: async ({ without, fit, held: raw, others: rawOthers }, settings, out) => {
      const calibrate = await stages.measure("score", () =>
        has("calibration") ? fitCalibrations(fit, out) : leaveRaw,
      );
      const held = calibrate(raw);
      const challengers = await solve(fit, held, settings);
      const measured = await stages.measure("judge", () =>
        measurePart({ rows: expectAhead(family, fit.critic, held), challengers, sampleShare }),
      );
      const others = calibrate(rawOthers);
      const gateRows = [...measured.rows, ...expectAhead(family, fit.critic, others)];
      const judged = { challengers, sampleShare, measured, gateRows };
      return { without, fit, held, others, settings, calibrate, ...judged };
    },
    move: async ({ without, fit, settings, calibrate }, { weights, step }) => {
      const known = knownTo(without);
      const states = calibrate(await score(fit, chooseStates(known.filter(isFirst), limits)));
      const challengers = await solve(fit, states, settings);
      const towards = { challengers, weights, sampleShare: step?.sampleShare };
      const moves = await stages.measure("distil", () =>
        moveStates({ ...towards, states, floor, arm }),
      );
      const moved = await stages.measure("distil", () =>
        family.movePolicy(serving, moves, { critic: fit.critic, rows: known, without, random }),
      );
      return { challengers, moves, moved };
    },
  };
}
