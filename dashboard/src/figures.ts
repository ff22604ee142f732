import type {
  CycleRecord,
  GateRecord,
  LiveDifference,
  SlateQuality,
} from "../../src/contract/records.ts";
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatMoment,
  formatPercent,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
} from "./format.ts";

/** One measured thing in words and digits. */
export interface Figure {
  readonly label: string;
  readonly text: string;
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Label and text; without a text the figure is left out. */
type Row = readonly [label: string, text: string | undefined];

const form =
  <T>(format: (value: T) => string) =>
  (value: T | undefined): string | undefined =>
    value === undefined ? undefined : format(value);

const count = form(formatCount);
const reward = form(formatReward);
const signedReward = form(formatSignedReward);
const fixed = form((value: number) => formatFixed(value, 2));
const percent = form(formatPercent);
const reciprocal = form((value: number) => formatFixed(1 / value, 1));
const signedPercent = form(formatSignedPercent);
const signedNats = form((value: number) => `${formatSignedReward(value)} nats`);
const range = form((ends: readonly [number, number]) => formatInterval(ends, formatReward));
const signedRange = form((ends: readonly [number, number]) =>
  formatInterval(ends, formatSignedReward),
);
const signedShares = form((ends: readonly [number, number]) =>
  formatInterval(ends, formatSignedPercent),
);

/** A gate's findings about two policies. */
const foundRows = (gate: GateRecord): readonly Row[] => [
  ["difference, rewards in 0…1", signedReward(gate.difference)],
  ["standard error", reward(gate.standardError)],
  ["lower to upper bound", signedRange(gate.interval)],
  ["relative lift, as judged", signedPercent(gate.relativeLift)],
  ["lift to be expected", signedPercent(gate.expected?.relativeLift)],
  ["its bounds", signedShares(gate.expected?.relativeInterval)],
  ["probability of a gain", percent(gate.probabilityPositive)],
];

/** A live difference of two arms. */
const liveRows = (live: LiveDifference): readonly Row[] => [
  ["difference, rewards in 0…1", signedReward(live.difference)],
  ["99 % bounds", signedRange(live.interval)],
  ["realised lift", signedPercent(live.relativeLift)],
];

/** Logged propensities against the policy's probabilities of now. */
const checkRows = ({ selfCheck }: GateRecord): readonly Row[] => [
  ["rows self-checked", count(selfCheck?.rows)],
  ["of them left out", count(selfCheck?.leftOut)],
  ["largest |log(π₀/p)|", reward(selfCheck?.largestLogRatio)],
];

/** Rows by the policy that made them, if there were several. */
const strataRows = ({ strata = [] }: GateRecord): readonly Row[] =>
  strata.map(({ policyVersion, rows, weight }) => [
    policyVersion === undefined ? "rows of other policies" : `rows of policy ${policyVersion}`,
    `${formatCount(rows)}, each counts ${formatFixed(weight, 2)}`,
  ]);

/** Hit rates of one policy's first slates. */
const hitRows = (name: string, { served, sorted }: SlateQuality): readonly Row[] => [
  [`served hit rate of ${name}`, percent(served.mean)],
  [`sorted hit rate of ${name}`, percent(sorted.mean)],
];

type RowsOf<Key extends keyof CycleRecord> = (
  part: NonNullable<CycleRecord[Key]>,
) => readonly Row[];

function group<Key extends keyof CycleRecord>(title: string, key: Key, rowsOf: RowsOf<Key>) {
  return (record: CycleRecord): FigureGroup => {
    const part = record[key];
    const rows = part === undefined || part === null ? [] : rowsOf(part);
    const figures = rows.flatMap(([label, text]) => (text === undefined ? [] : [{ label, text }]));
    return { title, figures };
  };
}

/** The order is that of the page. */
const groups: readonly ((record: CycleRecord) => FigureGroup)[] = [
  group("Gate", "gate", (gate) => [
    ["statistic", gate.statistic],
    ...foundRows(gate),
    ["rows judged", count(gate.rows)],
    ["users judged", count(gate.clusters)],
    ...strataRows(gate),
    ...checkRows(gate),
    ["effective sample share", percent(gate.effectiveSampleShare)],
    ["predicted difference", signedReward(gate.predictedDifference)],
    ["smallest detectable", reward(gate.minimalDetectableDifference)],
  ]),
  group("Review of the policy beside it", "review", ({ kind, version, action, gate }) => [
    ["which", kind],
    ["policy", count(version)],
    ["result", action],
    ["looks pooled", count(gate.looks)],
    ...foundRows(gate),
    ...checkRows(gate),
  ]),
  group("Last promotion, on live traffic", "promotion", (promotion) => [
    ["promoted policy", count(promotion.version)],
    ["against policy", count(promotion.replaced)],
    ["found", promotion.action],
    ...liveRows(promotion),
    ["looks", count(promotion.looks)],
  ]),
  group("Retriever, on live traffic", "retrieval", (retrieval) => [
    ["retriever", count(retrieval.version)],
    ["against retriever", count(retrieval.replaced)],
    ["found", retrieval.action],
    ...liveRows(retrieval),
    ["looks", count(retrieval.looks)],
  ]),
  group("Canary, on live traffic", "canary", (canary) => [
    ["canary", count(canary.version)],
    ["users", count(canary.canary.users)],
    ["found", canary.action],
    ...liveRows(canary),
    ["deadline", formatMoment(new Date(canary.deadline).toISOString())],
  ]),
  group("All promotions since the anchor, on live traffic", "anchor", (anchor) => [
    ["anchor", count(anchor.version)],
    ["users", count(anchor.anchor.users)],
    ...liveRows(anchor),
  ]),
  group("First slates, on held-out events", "slates", (slates) => [
    ["users", count(slates.users)],
    ...hitRows("the policy", slates.network),
    ...hitRows("popularity", slates.popularity),
    ["policy temperature", reward(slates.temperature)],
    ["effective choices", formatFixed(slates.network.effectiveChoices, 1)],
  ]),
  group("Does the encoder learn on?", "encoderWatch", (watch) => [
    ["answer", watch.isDue ? `yes: ${watch.reason}` : `no: ${watch.reason}`],
    ["events since its training", count(watch.newEvents)],
    ["events before", count(watch.knownEvents)],
    ["next-item loss now, nats", fixed(watch.loss?.now.mean)],
    ["loss on held-out events, nats", fixed(watch.loss?.before.mean)],
  ]),
  group("New encoder, on events that it did not learn", "newEncoder", (found) => [
    ["NDCG", reward(found.ndcg.mean)],
    ["NDCG of the serving one", reward(found.servingNdcg?.mean)],
    ["KL from the serving policy, nats", fixed(found.divergence?.kl)],
  ]),
  group("Policy difference Δ", "policyDifference", (difference) => [
    ["mean", signedNats(difference.mean)],
    ["5 % quantile", signedNats(difference.p05)],
    ["median", signedNats(difference.p50)],
    ["95 % quantile", signedNats(difference.p95)],
    ["largest", signedNats(difference.max)],
  ]),
  group("Evaluation", "evaluation", (evaluation) => [
    ["mean reward per shown item", reward(evaluation.meanReward)],
    ["interval", range(evaluation.interval)],
    ["shown items with success", percent(evaluation.successRate)],
    ["baseline mean reward", reward(evaluation.baselineMeanReward)],
  ]),
  group("Feedback read", "feedback", (feedback) => [
    ["decisions", count(feedback.decisions)],
    ["of them new", count(feedback.newDecisions)],
    ["rows, one per shown item", count(feedback.rows)],
    ["of them judged", count(feedback.judged)],
    ["only trained on", count(feedback.trainOnly)],
    ["of items nobody viewed", count(feedback.unviewed)],
    ["outdated for popularity", percent(feedback.outdated)],
    ["users", count(feedback.users)],
  ]),
  group("Discriminator", "discriminator", ({ auc }) => [["held-out AUC", reward(auc)]]),
  group("Reward model", "critic", ({ firstLoss, lastLoss }) => [
    ["first loss", reward(firstLoss)],
    ["last loss", reward(lastLoss)],
  ]),
  group("Calibration", "calibration", ({ errorBefore, errorAfter, separation }) => [
    ["error before", reward(errorBefore)],
    ["error after", reward(errorAfter)],
    ["AUC of rewards", reward(separation?.auc)],
  ]),
  group("Distillation", "distillation", (distillation) => [
    ["objective", distillation.objective],
    ["epochs", count(distillation.epochs)],
    ["first loss", reward(distillation.firstLoss)],
    ["last loss", reward(distillation.lastLoss)],
    ["distance to the target, nats", reward(distillation.way)],
    ["left after distillation, nats", reward(distillation.gap)],
    ["largest weight of a target", reciprocal(distillation.sampleShare)],
  ]),
];

/** The figures of a cycle's record; empty groups are left out. */
export const figureGroups = (record: CycleRecord): readonly FigureGroup[] =>
  groups.map((of) => of(record)).filter(({ figures }) => figures.length > 0);
