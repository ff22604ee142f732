import type { Arm } from "../../domain/decision.ts";
import type { MpoConfiguration } from "../../domain/mpo-configuration.ts";
import { calibrateRows, fitMemoryMaps } from "../../learning/calibration.ts";
import { type ChallengerSetting, klDivergence } from "../../learning/challengers.ts";
import { type CriticRow, type CriticTraining, createCritic } from "../../learning/critic.ts";
import type { WatchedSeparation } from "../../learning/discriminator-watch.ts";
import { type Distillation, distil } from "../../learning/distil.ts";
import type { Examination } from "../../learning/examination.ts";
import type { FeedbackRow, Fold } from "../../learning/feedback-row.ts";
import { describeContext, type MetaContext } from "../../learning/meta-context.ts";
import { type MetaPolicyState, proposeSettings } from "../../learning/meta-policy.ts";
import { shippedPrior } from "../../learning/meta-prior.ts";
import { memoryHalfLives } from "../../learning/meta-settings.ts";
import {
  differenceBySegment,
  type PolicyDifference,
  policyDifference,
  type SegmentDifference,
} from "../../learning/policy-difference.ts";
import {
  discriminatorSeparation,
  type ScoredRow,
  scoreCritic,
  scorePolicy,
} from "../../learning/scored-row.ts";
import { isProven, type Separation } from "../../learning/separation.ts";
import { trainValueCritic } from "../../learning/session-value.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { createNetwork, growNetwork, type Network } from "../../policy/network.ts";
import { createScorer } from "../../policy/scorer.ts";
import type { DistillationGap } from "./check-distillation.ts";
import { type CalibrationRecord, describeCalibration } from "./describe-calibration.ts";
import {
  type Challenger,
  type Judgement,
  judgeChallengers,
  type MeasuredPart,
  measurePart,
  temper,
  toContextRow,
} from "./judge-challengers.ts";
import { type Move, moveStates } from "./move-states.ts";
import type { StageClock } from "./stage-clock.ts";

const scoreBatch = 64;

export interface ImproveInput {
  readonly serving: Network;
  /** Where the last cycle left the critic. */
  readonly critic: Network | undefined;
  readonly meta: MetaPolicyState;
  readonly mpo: MpoConfiguration;
  readonly rows: readonly FeedbackRow[];
  /** Arm in which the serving policy was logged: judging compares with it, so only its own traffic is near enough to count. */
  readonly arm: Arm;
  readonly random: RandomStream;
  /** The scenario's exploration floor, which comes on top of whatever policy is made here. */
  readonly floor: number;
  /** γ of the scenario. */
  readonly discount: number;
  readonly threads: number;
  readonly stages: StageClock;
}

export interface Improvement {
  readonly candidate: Network;
  readonly critic: Network;
  readonly judgement: Judgement;
  /** What the settings were proposed for. */
  readonly context: MetaContext;
  /** Over all states, and by segment of users. */
  readonly difference: PolicyDifference & { readonly segments: readonly SegmentDifference[] };
  readonly distillation: Distillation;
  /** Of D on the rows that judge, and of the candidate's D on the rows that were held out from it. */
  readonly separation: { readonly judged: Separation; readonly heldOut: WatchedSeparation };
  /** Of which the candidate is made. */
  readonly challengers: readonly Challenger[];
  readonly calibration: CalibrationRecord;
  readonly examination: Examination;
  readonly gap: DistillationGap;
  readonly criticLoss: readonly [number, number];
  /** New rows with scores, and log π of the candidate that the other half of them made. */
  readonly gate: {
    readonly rows: readonly ScoredRow[];
    readonly candidateLogs: readonly Float64Array[];
  };
}

async function withScorer<T>(
  network: Network,
  threads: number,
  use: (scorer: Awaited<ReturnType<typeof createScorer>>) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer(network, { batchStates: scoreBatch, threads });
  try {
    return await use(scorer);
  } finally {
    await scorer.close();
  }
}

export const logsOf = (
  network: Network,
  rows: readonly FeedbackRow[],
  threads: number,
): Promise<Float64Array[]> => withScorer(network, threads, (scorer) => scorePolicy(scorer, rows));

/** Distillation goes on from the serving policy, unless that is the one which knows nothing and has nothing to go on from. */
const startOf = (serving: Network, random: RandomStream): Network =>
  serving.parameters.stateWeights?.some((weight) => weight !== 0)
    ? serving
    : growNetwork(
        createNetwork(serving.shape, random.split("policy")),
        serving.itemIds,
        random.split("grow"),
      );

/** What the critic says of each row's candidates, beside what the serving policy does. @param logs its log π of each row */
export async function scoreRows(options: {
  readonly logs: readonly Float64Array[];
  readonly critic: Network;
  readonly rows: readonly FeedbackRow[];
  readonly threads: number;
}): Promise<ScoredRow[]> {
  const { logs, rows, threads } = options;
  const heads = await withScorer(options.critic, threads, (scorer) =>
    scoreCritic(scorer, options.critic, rows),
  );
  return rows.flatMap((row, index) => {
    const logPolicy = logs[index];
    const head = heads[index];
    return logPolicy && head ? { row, scores: { logPolicy, ...head } } : [];
  });
}

/** Of the policies before and after distillation. */
async function distillationGap(
  candidate: Network,
  moves: readonly Move<FeedbackRow>[],
  threads: number,
): Promise<DistillationGap> {
  const logs = await logsOf(candidate, moves, threads);
  const sums = { way: 0, gap: 0 };
  for (const [index, { target, logPolicy }] of moves.entries()) {
    const logTarget = target.map(Math.log);
    sums.way += klDivergence(logTarget, logPolicy) / moves.length;
    sums.gap += klDivergence(logTarget, logs[index] ?? logTarget) / moves.length;
  }
  return sums;
}

/** The three fits of a cycle share all but the rows that they leave out. */
interface Fit {
  readonly critic: CriticTraining;
  /** Newest states that it was trained on, scored by it. */
  readonly states: readonly ScoredRow[];
  /** The half that it was not trained on, as far as the serving policy's arm logged it. */
  readonly held: readonly ScoredRow[];
}

/** A fit with calibrated reward heads, and its challengers on the half that they are judged on. */
interface CalibratedFit extends Fit {
  readonly measured: MeasuredPart;
}

/** A row with log π_θ of its candidates: three critics are held against the same. */
interface KnownRow extends CriticRow {
  readonly logPolicy: Float64Array;
}

/** Fits a critic to all rows but those of a fold. */
async function fitCritic(
  input: ImproveInput,
  rows: readonly KnownRow[],
  without: Fold | undefined,
): Promise<Fit> {
  const { threads, stages, random, arm, mpo } = input;
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
  return {
    critic,
    states: await score(known.slice(0, mpo.distillation.states)),
    held: await score(rows.filter((row) => row.fold === without && row.arm === arm)),
  };
}

/** The cycle's settings are the same for all of its fits. */
interface ProposedInput extends ImproveInput {
  readonly settings: readonly ChallengerSetting[];
}

/** @param out rows that the maps may be fitted to: their critic has not seen them, and none of them judges this fit */
async function calibrateFit(
  { stages, settings }: ProposedInput,
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
  const measured = await stages.measure("judge", () => measurePart({ rows: held, challengers }));
  return { critic, states, held, measured };
}

interface Proposal {
  readonly challengers: readonly Challenger[];
  readonly moves: readonly Move<FeedbackRow>[];
  readonly distillation: Distillation;
}

/** Moves the serving policy to what the judgement makes of a fit's challengers. */
async function propose(
  input: ProposedInput,
  { critic, states }: Fit,
  { judgement, name }: { readonly judgement: Judgement; readonly name: string },
): Promise<Proposal> {
  const { stages, threads, random, serving, settings, mpo } = input;
  const challengers = await stages.measure("challengers", () =>
    temper(states, settings, isProven(critic.separation)),
  );
  const moves = await stages.measure("distil", () =>
    moveStates({
      ...input,
      states,
      challengers,
      judgement,
      targetSampleShare: mpo.distillation.targetSampleShare,
      meanKl: mpo.distillation.meanKl,
    }),
  );
  const distillation = await stages.measure("distil", () =>
    distil({
      network: startOf(serving, random),
      rows: moves,
      objective: mpo.distillation.objective,
      random: random.split(`distil/${name}`),
      threads,
      settings: mpo.distillation,
    }),
  );
  return { challengers, moves, distillation };
}

/**
 * Steps 2 and 3 of the paper: critic, challengers, paired judgement, and the policy moved to the mixture, cross-fitted. A critic
 * is fitted without each half of the new feedback and its challengers are judged there. What the gate sees on a half is
 * a candidate that owes nothing to it: its critic and its weights come from the other half. The candidate that may
 * serve is made in the same way from both.
 */
export async function improve(options: ImproveInput): Promise<Improvement> {
  const { serving, stages, threads, mpo, meta: state } = options;
  const sorted = options.rows.toSorted((left, right) => left.age - right.age);
  const logs = await stages.measure("score", () => logsOf(serving, sorted, threads));
  const rows = sorted.map((row, index): KnownRow => {
    const logPolicy = logs[index] ?? new Float64Array();
    return { ...row, logPolicy, policy: logPolicy.map(Math.exp) };
  });
  const withoutFirst = await fitCritic(options, rows, "first");
  const withoutSecond = await fitCritic(options, rows, "second");
  const out = [...withoutFirst.held, ...withoutSecond.held];
  const context = describeContext(out.map(toContextRow), state.remembered);
  const meta = { state, prior: shippedPrior, context, mpo };
  const input = { ...options, settings: proposeSettings(meta, options.random.split("settings")) };
  const first = await calibrateFit(input, withoutFirst, withoutSecond.held);
  const second = await calibrateFit(input, withoutSecond, withoutFirst.held);
  const judge = (parts: readonly MeasuredPart[]) =>
    stages.measure("judge", () => judgeChallengers(parts, meta));
  const judgement = await judge([first.measured, second.measured]);
  const gateLogs = async (fit: CalibratedFit, other: CalibratedFit, name: string) => {
    const { distillation } = await propose(input, fit, {
      judgement: { ...judgement, weights: (await judge([other.measured])).weights },
      name,
    });
    const held = fit.held.map(({ row }) => row);
    return stages.measure("score", () => logsOf(distillation.network, held, threads));
  };
  const judged = [...first.held, ...second.held];
  const candidateLogs = [
    ...(await gateLogs(first, second, "first")),
    ...(await gateLogs(second, first, "second")),
  ];
  const both = await calibrateFit(input, await fitCritic(options, rows, undefined), out);
  const { challengers, moves, distillation } = await propose(input, both, {
    judgement,
    name: "both",
  });
  const gap = await stages.measure("score", () =>
    distillationGap(distillation.network, moves, threads),
  );
  return {
    candidate: distillation.network,
    critic: both.critic.network,
    judgement,
    context,
    difference: { ...policyDifference(moves), segments: differenceBySegment(moves) },
    distillation,
    separation: { judged: discriminatorSeparation(judged), heldOut: both.critic.separation },
    challengers,
    calibration: describeCalibration(out, judged),
    examination: both.critic.examination,
    gap,
    criticLoss: [both.critic.firstLoss, both.critic.lastLoss],
    gate: { rows: judged, candidateLogs },
  };
}
