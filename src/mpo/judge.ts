import type { ChallengerSetting } from "../domain/improvement-record.ts";
import type { PairedDifference } from "../evaluation/feedback-pair.ts";
import type { RandomStream } from "../numeric/random.ts";
import { expectLength } from "./check-rows.ts";
import { compareParts } from "./compare-parts.ts";
import { isFirst, type JudgedRow } from "./judged-row.ts";
import type { MeasuredPart } from "./measure.ts";
import { type ContextRow, rememberContext, valueUnit } from "./meta-context.ts";
import {
  doNothing,
  learnFromJudged,
  type MetaPolicyInput,
  type MetaPolicyState,
  type MetaPrediction,
} from "./meta-policy.ts";
import { weightOfSetting } from "./mixture.ts";
import type { ScoredRow } from "./row-scores.ts";
import { evenMemory } from "./row-scores.ts";
import { concatenate, joinArrays, mixArrays, uniformArrays } from "./target-arrays.ts";

/** z_0.9. */
const worthlessDeviations = 1.2816;
/** A smaller gain over the uniform choice, as a share of the rarer of its reward and its loss, protects nothing. */
const worthlessGain = 0.05;

/** Evidence that a policy is worth no more than the uniform choice; little feedback is no evidence. */
function isWorthless({ difference, standardError, servingValue }: PairedDifference): boolean {
  const highestGain = worthlessDeviations * standardError - difference;
  const chance = servingValue + difference;
  return highestGain < worthlessGain * Math.min(chance, 1 - chance);
}

export interface JudgedSetting extends ChallengerSetting, MetaPrediction, PairedDifference {
  /** Mean KL(π_φ ‖ π_θ) on the judging rows, nats. */
  readonly kl: number;
  /** w_j. */
  readonly weight: number;
}

export interface Judgement {
  readonly settings: readonly JudgedSetting[];
  /** Judged difference of the mixture φ* to the serving policy. */
  readonly difference: number;
  readonly standardError: number;
  readonly state: MetaPolicyState;
  /** Name of the setting with the largest weight, or *do nothing*. */
  readonly chosen: string;
  /**
   * The uniform choice against the serving policy: the value of the latter, in [0, 1], and the
   * difference of the former.
   */
  readonly uniform: PairedDifference;
  /**
   * With 90 % confidence the serving policy is less than 5 % better than the uniform choice, of its reward or of its loss,
   * whichever is rarer: there is nothing to protect.
   */
  readonly worthless: boolean;
  /** w_j by name, *do nothing* included. */
  readonly weights: Readonly<Record<string, number>>;
}

export const toContextRow = ({ row, scores }: ScoredRow<JudgedRow>): ContextRow => ({
  propensity: row.propensity,
  action: row.action,
  reward: row.reward,
  scores,
});

const firstRows = (parts: readonly MeasuredPart[]) =>
  parts.flatMap(({ rows }) => rows.filter(({ row }) => isFirst(row)));

/** Of every part the same, in the same order. */
function settingsOf(parts: readonly MeasuredPart[]): readonly ChallengerSetting[] {
  const settings = parts[0]?.challengers.map(({ setting }) => setting) ?? [];
  for (const [index, { challengers }] of parts.entries())
    expectLength(`parts[${index}].challengers`, challengers.length, settings.length);
  return settings;
}

/**
 * All settings and *do nothing* on the same rows of feedback, as paired doubly robust differences
 * to the serving policy (docs/methods/mpo.md, step 2). They are cross-fitted: each part's
 * challengers and control variate come from a critic that was trained on none of its rows. Judging
 * each by its own reward model would favour the most optimistic one.
 * @param random of the draws that weights are counted from
 */
export function judgeChallengers(
  parts: readonly MeasuredPart[],
  meta: MetaPolicyInput,
  random: RandomStream,
): Judgement {
  const { rows, values, serving, compare, covary } = compareParts(parts);
  const uniform = compare(uniformArrays(rows, values));
  const worthless = isWorthless(uniform);
  const challengers = settingsOf(parts).map((setting, j) => {
    const own = parts.map((part) => part.challengers[j]!);
    const divergences = concatenate(own.map((one) => one.divergences));
    const kl = divergences.reduce((sum, value) => sum + value, 0) / Math.max(1, divergences.length);
    return { setting, kl, target: joinArrays(own) };
  });
  const compared = challengers.map(({ setting, target }) => ({ setting, ...compare(target) }));
  const unit = valueUnit(uniform.servingValue);
  const { state, weights, predictions, chosen } = learnFromJudged(
    meta,
    {
      settings: compared.map(({ setting }) => setting),
      differences: compared.map(({ difference }) => difference / unit),
      covariance: covary(challengers.map(({ target }) => target)).map((one) => one / unit ** 2),
    },
    // Lessons from before a change of preferences are no lessons.
    { isSettled: !worthless, random },
  );
  const names = [doNothing, ...compared.map(({ setting }) => setting.name)];
  const mixed = names.map((name) => weightOfSetting(weights, name));
  const targets = [serving, ...challengers.map(({ target }) => target)];
  const { difference, standardError } = compare(mixArrays(targets, mixed));
  const remembered = rememberContext(firstRows(parts).map(toContextRow), {
    servingValue: uniform.servingValue,
    uniformDifference: uniform.difference,
    chosenDifference: [0, ...compared.map((one) => one.difference)][names.indexOf(chosen)]!,
    memories: evenMemory.length,
  });
  return {
    settings: compared.map(({ setting, ...one }, j) => ({
      ...setting,
      kl: challengers[j]!.kl,
      ...one,
      ...predictions[j]!,
      weight: mixed[j + 1]!,
    })),
    uniform,
    worthless,
    difference,
    standardError,
    state: { ...state, remembered },
    chosen,
    weights,
  };
}
