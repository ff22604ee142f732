import type { Cycle } from "../../../domain/cycle.ts";
import type { CyclePlan, CycleRecord } from "../../../domain/cycle-record.ts";
import type { MpoConfiguration } from "../../../domain/mpo-configuration.ts";
import { criticRowsSeen } from "../../../learning/critic.ts";
import { distilRowsSeen } from "../../../learning/distil.ts";
import { formatMinutes } from "../../../numeric/format.ts";
import type { CycleLimits } from "../../stages/watch-budget.ts";

/** The available feedback, before it is read. */
export interface FeedbackSurvey {
  /** Closed decisions since the last cycle: each of them is read, within the time. */
  readonly newDecisions: number;
  /** Closed decisions that might become rows. */
  readonly decisions: number;
  /** Means over a part of the new decisions. */
  readonly rowsPerDecision: number;
  readonly candidatesPerRow: number;
}

/** Wall time of the kinds of work, milliseconds. */
interface Costs {
  /** Cost that is the same for every size: challengers are found on a fixed number of states. */
  readonly fixed: number;
  /** A decision read. */
  readonly read: number;
  /** A row that passes through a training step. */
  readonly train: number;
  /** A candidate of a row, over all that scores and judges it. */
  readonly score: number;
}

/** Of a first cycle: measured by `npm run bench -- cycle` on two slow cores. */
const firstCosts: Costs = { fixed: 5000, read: 0.1, train: 0.6, score: 0.04 };
/** Resident for Node.js, the code and a training step of the largest batch, MiB. */
const trainingMiB = 350;
/** A candidate of a slate's first row, which is scored, calibrated and moved, and one of the rows below it, of which D and policies are kept. */
const cellBytes = { first: 480, below: 64 };
const rowBytes = 3000;
const earnedBytes = 64;
const mostExcess = 2;
const mebibyte = 2 ** 20;

/** Fewer decisions than these are too few to learn from: there is no smaller plan. */
const leastDecisions = 100;
/** A plan leaves this share of its limits as a reserve for errors of the estimate. */
const prudence = 0.8;
/** Share of the time for reading; of a longer backlog the newest decisions are read. */
const readingShare = 0.4;

interface Sizes {
  readonly read: number;
  /** Rows of the new decisions that are read: they count for the serving policy's reward. */
  readonly earned: number;
  readonly decisions: number;
  readonly rows: number;
  readonly cells: number;
}

/** A critic trains on rows, a policy on slates. */
const trainedRows = (
  { rows, decisions }: Pick<Sizes, "rows" | "decisions">,
  { critic, distillation }: MpoConfiguration,
) =>
  criticRowsSeen(rows, critic) +
  distilRowsSeen(Math.min(decisions, distillation.states), distillation);

const timeOf = (sizes: Sizes, costs: Costs, mpo: MpoConfiguration): number =>
  costs.fixed +
  sizes.read * costs.read +
  trainedRows(sizes, mpo) * costs.train +
  sizes.cells * costs.score;

function memoryOf({ earned, decisions, rows, cells }: Sizes): number {
  const first = rows === 0 ? 0 : (cells * Math.min(decisions, rows)) / rows;
  const scored = first * cellBytes.first + (cells - first) * cellBytes.below;
  return trainingMiB + (scored + rows * rowBytes + earned * earnedBytes) / mebibyte;
}

/** Costs as a finished cycle's record has them. */
function measureCosts(
  { feedback, stageMs }: CycleRecord,
  mpo: MpoConfiguration,
): Costs | undefined {
  if (feedback === undefined || stageMs === undefined) return undefined;
  const { rows, decisions, kept, candidates } = feedback;
  if (rows === 0 || candidates === 0) return undefined;
  const { read = 0, critic = 0, distil = 0, challengers = 0, ...others } = stageMs;
  const rest = Object.values(others).reduce((sum, value) => sum + value, 0);
  return {
    fixed: challengers,
    read: read / decisions,
    train: (critic + distil) / trainedRows({ rows, decisions: kept }, mpo),
    score: rest / candidates,
  };
}

const scaleCosts = ({ fixed, read, train, score }: Costs, factor: number): Costs => ({
  fixed: factor * fixed,
  read: factor * read,
  train: factor * train,
  score: factor * score,
});

/**
 * Memory of the last cycle over its expectation: less is not trusted, and much more belongs to
 * other work of the process.
 */
function measureMemory({ plan, stagePeakMiB = {} }: CycleRecord): number {
  const peaks = Object.values(stagePeakMiB);
  return plan === undefined || peaks.length === 0
    ? 1
    : Math.min(mostExcess, Math.max(1, Math.max(...peaks) / plan.expectedMiB));
}

/** The most decisions up to `most` that fit, by bisection: cost grows with each of them. */
function largest(most: number, fits: (decisions: number) => boolean): number {
  if (fits(most)) return most;
  let low = 0;
  let high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Chooses how many decisions a cycle learns from, so that time and memory stay within their limits.
 * The base is the cost of a unit of work in the last cycle, or half of the last plan if that cycle
 * did not finish. The weight of costs is halved by each skipped cycle since their measurement: one
 * slow cycle must not stop the loop for good.
 * @param recent cycles of the scenario, newest first
 * @param heldMiB held by objects and buffers before the cycle: memory that is only resident is used
 * again
 * @returns a sentence if even the smallest plan does not fit
 */
export function planCycle(options: {
  readonly survey: FeedbackSurvey;
  readonly limits: CycleLimits;
  readonly recent: readonly Cycle[];
  readonly heldMiB: number;
  readonly mpo: MpoConfiguration;
}): CyclePlan | string {
  const { survey, limits, recent, heldMiB, mpo } = options;
  const last = recent.findIndex(({ record }) => measureCosts(record, mpo));
  const finished = recent[last]?.record ?? {};
  const since = last < 0 ? recent : recent.slice(0, last);
  const trust = 0.5 ** since.filter(({ outcome }) => outcome === "skipped").length;
  const costs = scaleCosts(measureCosts(finished, mpo) ?? firstCosts, trust);
  const excess = measureMemory(finished);
  const readable = Math.floor((readingShare * limits.maxMs) / costs.read);
  const sizesOf = (decisions: number): Sizes => {
    const { rowsPerDecision, candidatesPerRow } = survey;
    const fresh = Math.min(survey.newDecisions, readable);
    const rows = decisions * rowsPerDecision;
    return {
      read: Math.max(decisions, fresh),
      earned: fresh * rowsPerDecision,
      decisions,
      rows,
      cells: rows * candidatesPerRow,
    };
  };
  const expect = (decisions: number) => ({
    expectedMs: Math.round(timeOf(sizesOf(decisions), costs, mpo)),
    expectedMiB: Math.ceil(heldMiB + excess * memoryOf(sizesOf(decisions))),
  });
  const [newest] = recent;
  const broken = newest?.outcome === "skipped" ? newest.record.plan?.decisions : undefined;
  const most = Math.min(survey.decisions, Math.floor((broken ?? Number.POSITIVE_INFINITY) / 2));
  const decisions = largest(most, (count) => {
    const { expectedMs, expectedMiB } = expect(count);
    return expectedMs <= prudence * limits.maxMs && expectedMiB <= prudence * limits.maxMiB;
  });
  const least = Math.min(leastDecisions, survey.decisions);
  if (decisions < least) return describeShortage(least, expect(least), limits);
  const { read, cells } = sizesOf(decisions);
  return { read, decisions, cells: Math.ceil(cells), ...expect(decisions) };
}

function describeShortage(
  least: number,
  expected: Pick<CyclePlan, "expectedMs" | "expectedMiB">,
  { maxMs, maxMiB }: CycleLimits,
): string {
  return (
    `Not enough budget: a cycle that learns from ${least} decisions only is expected to take ` +
    `${formatMinutes(expected.expectedMs)} minutes and ${expected.expectedMiB} MiB, and a plan may use four fifths of ` +
    `learner.maxCycleMinutes (${formatMinutes(maxMs)}) and learner.maxMemory (${maxMiB} MiB); raise the one that is short.`
  );
}
