import type { Arm } from "../domain/decision.ts";
import type { GateRecord, SelfCheck } from "../domain/gate-record.ts";
import type { GuardTest } from "../domain/guard-metric.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { limitsOf, whereWorthless } from "../evaluation/gate-guards.ts";
import { asServed, scoreServed } from "./as-served.ts";
import { expectLength } from "./check-rows.ts";
import { chooseStep, type PolicyStep } from "./choose-step.ts";
import type { CriticFit, KnownRow, ModelFamily, MovedPolicy, Part } from "./family.ts";
import { type Aim, createFits, type JudgedFit, type Proposal } from "./fits.ts";
import { checkDistillation, type DistillationGap, distillationGap, gateCandidate } from "./gate.ts";
import type { ImproveInput, RenewedStart, Stages } from "./improve-input.ts";
import { type Judgement, judgeChallengers, toContextRow } from "./judge.ts";
import type { Fold, FoldedRow } from "./judged-row.ts";
import { isJudged } from "./judged-slates.ts";
import type { JudgedPart, MeasuredPart } from "./measure.ts";
import { describeContext, type MetaContext } from "./meta-context.ts";
import { proposeSettings } from "./meta-policy.ts";
import { shippedPrior } from "./meta-prior.ts";
import { checkRenewedStart } from "./renewed-start.ts";
import type { ScoredRow } from "./row-scores.ts";
import { applySelfCheck, checkLogged } from "./self-check.ts";
import type { Move } from "./trust-region.ts";

export interface Improvement<Row extends FoldedRow = FoldedRow, Fit = unknown, Moved = unknown> {
  /** Of all feedback: the critic that the next cycle starts from, and the candidate. */
  readonly fit: Fit;
  readonly moved: Moved;
  readonly judgement: Judgement;
  /** Absent if there is no policy to protect: then the policy moves to the mixture itself. */
  readonly step: PolicyStep | undefined;
  /** The context that the settings were proposed for. */
  readonly context: MetaContext;
  /** Both halves with the challengers that were judged on them. */
  readonly parts: readonly JudgedPart<Row>[];
  /** Of which the candidate is made, and the states that it was moved on. */
  readonly challengers: JudgedPart["challengers"];
  readonly moves: readonly Move<KnownRow<Row>>[];
  /** Rows that judge, scored by a critic that has not seen them; before and after calibration. */
  readonly raw: readonly ScoredRow<Row>[];
  readonly calibrated: readonly ScoredRow<Row>[];
  /** The same as they judged the challengers. The gate saw the rows of other policies too. */
  readonly rows: JudgedPart["rows"];
  readonly gate: GateRecord;
  readonly gap: DistillationGap;
}

const unmeasured: Stages = { measure: async (_, work) => await work() };

/** Whether a part is used: the family has it, and it is not left out. */
function partsOf(
  { lacks }: Pick<ModelFamily<never, never, never>, "lacks">,
  { without = [] }: { readonly without?: readonly Part[] },
): (part: Part) => boolean {
  const missing = new Set([...lacks, ...without]);
  return (part) => !missing.has(part);
}

/** Rows with the serving policy's probabilities. */
async function knowRows<Row extends FoldedRow, Policy>(
  family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy">,
  serving: Policy,
  rows: readonly Row[],
): Promise<KnownRow<Row>[]> {
  const logs = await family.scorePolicy(serving, rows);
  expectLength("logs", logs.length, rows.length);
  return rows.map((row, index) => {
    const logPolicy = logs[index]!;
    return { ...row, logPolicy, policy: logPolicy.map(Math.exp) };
  });
}

/** New rows whose propensities are known, as far as their own policies bear them out. */
function chooseJudging<Row extends FoldedRow>(rows: readonly KnownRow<Row>[], arm: Arm) {
  const fresh = rows.filter(
    (row) =>
      row.fold !== "older" && isJudged(row) && (row.loggingLogs !== undefined || row.arm === arm),
  );
  const logs = fresh.map(({ logPolicy }) => logPolicy);
  const { isKept, selfCheck } = checkLogged(fresh, logs);
  return { judging: fresh.filter(isKept), selfCheck };
}

interface Gated {
  /** log π of the candidates that are independent of the rows; absent without a gate. */
  readonly candidateLogs: readonly Float64Array[] | undefined;
  /** Absent if it is not to be checked. */
  readonly gap: DistillationGap | undefined;
  readonly judgement: Judgement;
  readonly step: PolicyStep | undefined;
  readonly mpo: MpoConfiguration;
  readonly selfCheck: SelfCheck;
  readonly guards: readonly GuardTest[] | undefined;
}

/**
 * Each half's candidate learnt from the rows that judge the other's, so the luck of both may be the same. Then their errors add up like
 * numbers, not like squares (docs/decisions/0114).
 */
const errorOfHalves = Math.SQRT2;

/** Without a gate every candidate serves. */
function gateImprovement(
  rows: JudgedPart["rows"],
  { candidateLogs, gap, judgement, step, mpo, selfCheck, guards }: Gated,
): GateRecord {
  const { difference: predictedDifference } = step ?? judgement;
  if (candidateLogs === undefined) {
    const ungated = { verdict: "promote", reason: "No gate.", guards: [] } as const;
    return { ...ungated, rows: rows.length, difference: predictedDifference, selfCheck };
  }
  const limits = judgement.worthless ? whereWorthless(limitsOf(mpo.gate)) : limitsOf(mpo.gate);
  const judged = { rows, candidateLogs, predictedDifference, errorFactor: errorOfHalves };
  const gate = applySelfCheck(gateCandidate({ ...judged, limits, guards }), selfCheck);
  return gap === undefined ? gate : checkDistillation(gate, gap, mpo.distillation.largestGap);
}

const stepLimits = ({ distillation, gate }: MpoConfiguration) => ({
  sampleShares: distillation.targetSampleShares,
  confidence: gate.promoteConfidence,
});

/** Makes the aim of a move, as the evidence of some parts has it. */
const createAim =
  (stages: Stages, mpo: MpoConfiguration, isBounded: boolean) =>
  async (parts: readonly MeasuredPart[], { weights }: Judgement): Promise<Aim> => {
    const choose = () => (isBounded ? chooseStep(parts, weights, stepLimits(mpo)) : undefined);
    return { weights, step: await stages.measure("judge", choose) };
  };

/** Of a half, in the order of its `gateRows`. */
const rowsOf = <Row extends FoldedRow>({
  held,
  others,
}: Pick<JudgedFit<Row, never>, "held" | "others">): readonly Row[] =>
  [...held, ...others].map(({ row }) => row);

const toPart = <Row extends FoldedRow>({
  held: rows,
  challengers,
  sampleShare,
}: Pick<JudgedFit<Row, never>, "held" | "challengers" | "sampleShare">): JudgedPart<Row> => ({
  rows,
  challengers,
  sampleShare,
});

/** From a proposal's targets to the policy that was moved to them. */
const measureGap = async <Row extends FoldedRow, Policy>(
  family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy">,
  { moved, moves }: Pick<Proposal<Row, MovedPolicy<Policy>>, "moved" | "moves">,
): Promise<DistillationGap> =>
  distillationGap(moves, await family.scorePolicy(moved.policy, moves));

/** The rows that judge both halves, with the serving policy as it serves. */
const serveHalves = <Row extends FoldedRow, Policy, Fit>(
  family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy" | "scoreServed">,
  serving: Policy,
  halves: readonly JudgedFit<KnownRow<Row>, Fit>[],
) =>
  asServed(family, serving, {
    rows: halves.flatMap(rowsOf),
    scored: halves.flatMap(({ gateRows }) => gateRows),
  });

/** Makes log π of a policy, as it serves, for each half on the rows that judge it, the first half's before the second's. */
const scoreHalves =
  <Row extends FoldedRow, Policy, Fit>(
    family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy" | "scoreServed">,
    stages: Stages,
    [first, second]: readonly [JudgedFit<KnownRow<Row>, Fit>, JudgedFit<KnownRow<Row>, Fit>],
  ) =>
  async (
    policyOf: (one: typeof first, other: typeof first) => Policy | Promise<Policy>,
  ): Promise<readonly Float64Array[]> => {
    const logs: Float64Array[] = [];
    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const policy = await policyOf(one, other);
      const rows = rowsOf(one);
      logs.push(...(await stages.measure("score", () => scoreServed(family, policy, rows))));
    }
    return logs;
  };

/** The verdict, once the candidate has been compared with a renewed start, if there is one. */
async function compareRenewed<Policy>(
  gated: GateRecord,
  start: RenewedStart<Policy> | undefined,
  {
    candidateLogs,
    mpo,
    rows,
    onHalves,
  }: Pick<Gated, "candidateLogs" | "mpo"> & {
    readonly rows: JudgedPart["rows"];
    readonly onHalves: (
      policyOf: (half: { readonly without: Fold | undefined }) => Policy,
    ) => Promise<readonly Float64Array[]>;
  },
): Promise<GateRecord> {
  if (start === undefined || candidateLogs === undefined) return gated;
  const limits = { ...limitsOf(mpo.gate), canaryProbability: start.probability };
  const score = () => onHalves(({ without }) => start.make(without));
  return checkRenewedStart(gated, { rows, candidateLogs, limits, score });
}

/**
 * Steps 2 and 3 of the paper: critic, challengers, paired judgement, and the policy moved to the
 * mixture, cross-fitted. A critic is fitted without each half of the new feedback and its
 * challengers are judged there. On each half the gate sees a candidate that is independent of it:
 * its critic and its weights come from the other half. The candidate that may serve is made in the
 * same way from both.
 */
export async function improve<
  Row extends FoldedRow,
  Policy,
  Critic,
  Fit extends CriticFit<Critic>,
  Moved extends MovedPolicy<Policy>,
>(
  family: ModelFamily<Row, Policy, Critic, Fit, Moved>,
  input: ImproveInput<Row, Policy, Critic>,
): Promise<Improvement<Row, Fit, Moved>> {
  const { serving, mpo, random, guards, meta: state, prior = shippedPrior } = input;
  const { stages = unmeasured, renewedStart } = input;
  const { propose = proposeSettings, judge: judgeParts = judgeChallengers } = input;
  const has = partsOf(family, input);
  const rows = await stages.measure("score", () => knowRows(family, serving, input.rows));
  const { judging, selfCheck } = chooseJudging(rows, input.arm);
  const fits = createFits(family, { ...input, stages, has }, { rows, judging });
  const [halfOne, halfTwo] = [await fits.fit("first"), await fits.fit("second")];
  const raw = [...halfOne.held, ...halfTwo.held];
  const context = describeContext(raw.map(toContextRow), state.remembered);
  const meta = { state, prior, context, mpo };
  const settings = propose(meta, random.split("settings"));
  const first = await fits.judge(halfOne, settings, halfTwo.held);
  const second = await fits.judge(halfTwo, settings, halfOne.held);
  const judge = (parts: readonly MeasuredPart[]) =>
    stages.measure("judge", () => judgeParts(parts, meta, random.split("weights")));
  const halves = [first.measured, second.measured];
  const judgement = await judge(halves);
  const aimOf = createAim(stages, mpo, !judgement.worthless && has("trust region"));
  const candidateOf = async (one: typeof first, { measured }: typeof first) => {
    const aim = await aimOf([measured], await judge([measured]));
    return (await fits.move(one, aim)).moved.policy;
  };
  const onHalves = scoreHalves(family, stages, [first, second]);
  const candidateLogs = has("gate") ? await onHalves(candidateOf) : undefined;
  const both = await fits.judge(await fits.fit(undefined), settings, raw);
  const aim = await aimOf(halves, judgement);
  const proposal = await fits.move(both, aim);
  const gap = await stages.measure("score", () => measureGap(family, proposal));
  const judged = await stages.measure("score", () => serveHalves(family, serving, [first, second]));
  const checked = has("distillation check") ? gap : undefined;
  const proposed = { candidateLogs, gap: checked, judgement, step: aim.step };
  const gated = await stages.measure("gate", () =>
    gateImprovement(judged, { ...proposed, mpo, selfCheck, guards }),
  );
  return {
    fit: both.fit,
    ...proposal,
    judgement,
    step: aim.step,
    context,
    raw,
    gate: await compareRenewed(gated, renewedStart, { candidateLogs, mpo, rows: judged, onHalves }),
    gap,
    parts: [first, second].map(toPart),
    calibrated: [...first.held, ...second.held],
    rows: halves.flatMap((half) => half.rows),
  };
}
