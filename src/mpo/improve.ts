import {
  type CalibrationRecord,
  describeCalibration,
} from "../engine/cycle/describe-calibration.ts";
import { logsOf } from "../engine/cycle/score-rows.ts";
import type { WatchedSeparation } from "../learning/discriminator-watch.ts";
import type { Distillation } from "../learning/distil.ts";
import type { Examination } from "../learning/examination.ts";
import type { FeedbackRow } from "../learning/feedback-row.ts";
import { discriminatorSeparation } from "../learning/scored-row.ts";
import type { Network } from "../policy/network.ts";
import type { DistillationGap } from "./check-distillation.ts";
import {
  type CalibratedFit,
  calibrateFit,
  type FitInput,
  fitCritic,
  type KnownRow,
} from "./fit-critic.ts";
import { type Judgement, judgeChallengers, toContextRow } from "./judge.ts";
import type { Challenger, MeasuredPart } from "./measure.ts";
import { describeContext, type MetaContext } from "./meta-context.ts";
import { type MetaPolicyState, proposeSettings } from "./meta-policy.ts";
import { shippedPrior } from "./meta-prior.ts";
import {
  differenceBySegment,
  type PolicyDifference,
  policyDifference,
  type SegmentDifference,
} from "./policy-difference.ts";
import { distillationGap, propose } from "./propose.ts";
import type { Separation } from "./separation.ts";

export interface ImproveInput extends FitInput {
  readonly serving: Network;
  readonly meta: MetaPolicyState;
  readonly rows: readonly FeedbackRow[];
  /** The scenario's exploration floor, which comes on top of whatever policy is made here. */
  readonly floor: number;
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
    readonly rows: MeasuredPart["rows"];
    readonly candidateLogs: readonly Float64Array[];
  };
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
    stages.measure("judge", () => judgeChallengers(parts, meta, options.random.split("weights")));
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
    gate: { rows: [...first.measured.rows, ...second.measured.rows], candidateLogs },
  };
}
