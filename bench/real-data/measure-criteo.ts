import { type Conclusion, conclude } from "../../src/analysis/off-policy/conclude.ts";
import {
  type EstimatedValue,
  evaluateLog,
  type LogEvaluation,
} from "../../src/analysis/off-policy/evaluate-log.ts";
import { clusteredStandardError, numberClusters } from "../../src/evaluation/clusters.ts";
import { getEstimator } from "../../src/evaluation/estimators/registry.ts";
import { weighFeedback } from "../../src/evaluation/logged-feedback.ts";
import { hash32 } from "../../src/numeric/hash.ts";
import { createRandom, shuffle } from "../../src/numeric/random.ts";
import { createLinearHead } from "../../src/policy/fast-loop/linear-head.ts";
import { median } from "../statistics.ts";
import { logOf, targetOf } from "./memory-log.ts";
import type { Display } from "./read-criteo.ts";

/** Inputs that features are hashed to, beside a constant. */
const buckets = 128;

/** A policy's clicks a display, with what the log can say about them. */
export interface CriteoRow {
  readonly policy: string;
  readonly logged: EstimatedValue;
  readonly snips: EstimatedValue;
  readonly diagnostics: LogEvaluation["diagnostics"];
  readonly conclusion: Conclusion;
}

/** Each display as often as it stands for others; these copies are one cluster. */
const rowsOf = (displays: readonly Display[]) =>
  displays.flatMap(({ clicked, propensity, standsFor }, index) =>
    Array.from({ length: standsFor }, () => ({
      position: 0,
      action: "shown",
      candidates: ["shown", "another"],
      reward: clicked ? 1 : 0,
      propensity,
      propensities: [propensity, 1 - propensity],
      user: String(index),
    })),
  );

/** Mean of 1/p over all displays, which estimates the mean number of candidates, with its error. */
export function countCandidates(displays: readonly Display[]): EstimatedValue {
  const rows = rowsOf(displays);
  const ones = Float64Array.from(rows, () => 1);
  const weighted = weighFeedback(
    {
      rewards: ones,
      propensities: Float64Array.from(rows, ({ propensity }) => propensity),
      clusters: rows.map(({ user }) => user),
    },
    { targetProbabilities: ones },
  );
  return getEstimator("ips").estimate(weighted)!;
}

/**
 * The uniform choice. The log has no candidates: each display is taken to have had as many as all have on the mean. So ips, snips and dr
 * are one number. Of their errors snips' alone has that of the mean number in it.
 */
export async function judgeUniform(
  policy: string,
  displays: readonly Display[],
): Promise<CriteoRow> {
  const { value: candidates } = countCandidates(displays);
  const uniform = targetOf(policy, () => [1 / candidates, 1 - 1 / candidates]);
  const found = await evaluateLog(logOf("train.txt", rowsOf(displays)), async () => uniform);
  const { logged, diagnostics } = found;
  const snips = found.estimates.find(({ estimator }) => estimator === "snips")!;
  return { policy, logged, snips, diagnostics, conclusion: conclude(found) };
}

/** Hashed indicators of length 1, and a constant. */
function inputsOf({ features }: Display): Float64Array {
  const inputs = new Float64Array(buckets + 1);
  for (const feature of features) inputs[hash32(feature) % buckets]! += 1;
  const norm = Math.hypot(...inputs);
  const scaled = inputs.map((value) => value / norm);
  scaled[buckets] = 1;
  return scaled;
}

/** The fast loop's regression of clicks, without forgetting; copies change no order of displays. */
function fitClicks(displays: readonly Display[]): (display: Display) => number {
  const options = { size: buckets + 1, priorPrecision: 1, forgetting: 1, noiseVariance: 0.05 };
  const head = createLinearHead(options);
  for (const display of displays) head.update(inputsOf(display), display.clicked ? 1 : 0);
  return (display) => head.predict(inputsOf(display));
}

export interface FloorSeed {
  /** Clicks a display of the logged choice, above the floor minus in all. */
  readonly difference: number;
  readonly standardError: number;
  readonly uniformAbove: CriteoRow;
}

/** Clicks a display that the logged products above the floor have, minus those of all. */
function compareFloor(judged: readonly Display[], isAbove: readonly boolean[]) {
  const rows = rowsOf(judged);
  const above = (user: string) => (isAbove[Number(user)] ? 1 : 0);
  const feedback = {
    rewards: Float64Array.from(rows, ({ reward }) => reward),
    propensities: Float64Array.from(rows, () => 1),
    clusters: rows.map(({ user }) => user),
  };
  const snipsOf = (probability: (user: string) => number) =>
    getEstimator("snips").estimate(
      weighFeedback(feedback, {
        targetProbabilities: Float64Array.from(rows, ({ user }) => probability(user)),
      }),
    )!;
  const [kept, all] = [snipsOf(above), snipsOf(() => 1)];
  const share = rows.reduce((sum, { user }) => sum + above(user), 0) / rows.length;
  // Linearised: Σ 1(above)·r/Σ 1(above) − mean r, centred row by row.
  const differences = Float64Array.from(
    rows,
    ({ reward, user }) => (above(user) / share) * (reward - kept.value) - (reward - all.value),
  );
  const standardError = clusteredStandardError(
    differences,
    0,
    numberClusters(rows.length, feedback.clusters),
  );
  return { difference: kept.value - all.value, standardError };
}

/**
 * A floor learned on half of the displays: a product is shown only if its predicted click rate is above the median. That is the one kind of
 * policy that a log without candidates can judge: it shows logged products, or none.
 */
export async function measureFloor(displays: readonly Display[], seed: number): Promise<FloorSeed> {
  const mixed = shuffle([...displays], createRandom(seed).split("halves"));
  const half = mixed.length / 2;
  const predict = fitClicks(mixed.slice(0, half));
  const judged = mixed.slice(half);
  const predicted = judged.map(predict);
  const floor = median(predicted);
  const isAbove = predicted.map((value) => value > floor);
  const kept = judged.filter((_, index) => isAbove[index]);
  return {
    ...compareFloor(judged, isAbove),
    uniformAbove: await judgeUniform("uniform above the floor", kept),
  };
}
