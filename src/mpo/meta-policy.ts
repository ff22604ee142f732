import type { ChallengerSetting } from "../domain/improvement-record.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { dot } from "../numeric/dot.ts";
import type { RandomStream } from "../numeric/random.ts";
import { bestProbabilities, updateBelief } from "./meta-belief.ts";
import { firstContext, type MetaContext, type RememberedContext } from "./meta-context.ts";
import { settingFeatureCount, settingFeatures, settingShape, weightsIn } from "./meta-features.ts";
import {
  addEvidence,
  type Belief,
  inferPosterior,
  type JudgedDifferences,
  type MetaEvidence,
  type MetaPrior,
  noEvidence,
} from "./meta-posterior.ts";
import {
  changeOne,
  defaultSetting,
  describeSetting,
  fitToGrid,
  type SettingValues,
  settingPool,
  standingSettingsOf,
} from "./meta-settings.ts";

export const doNothing = "do-nothing";
/** Nothing is known: weights of any sign, of the order of a few tenths of the serving value. */
export const vaguePrior: MetaPrior = {
  mean: new Array<number>(settingFeatureCount).fill(0),
  variance: new Array<number>(settingFeatureCount).fill(0.3 ** 2),
  misfit: 0.05 ** 2,
};

/** All that the meta-policy carries from cycle to cycle, as JSON. */
export interface MetaPolicyState {
  readonly version: 3;
  readonly evidence: MetaEvidence;
  /** The setting that was chosen last. */
  readonly incumbent: SettingValues;
  readonly remembered: RememberedContext;
}

export const initialMetaPolicy: MetaPolicyState = {
  version: 3,
  evidence: noEvidence(settingFeatureCount),
  incumbent: defaultSetting,
  remembered: firstContext,
};

/** State as it was written; of an earlier version, or of another build's features, it starts again from the prior. */
export function readMetaPolicy(written: unknown): MetaPolicyState {
  const state = written as MetaPolicyState;
  const isOurs =
    state.version === initialMetaPolicy.version &&
    state.evidence.projection.length === settingFeatureCount;
  return isOurs ? state : initialMetaPolicy;
}

export interface MetaPolicyInput {
  readonly state: MetaPolicyState;
  readonly prior: MetaPrior;
  readonly context: MetaContext;
  readonly mpo: MpoConfiguration;
}

/** Draws the setting of the pool that a draw from the posterior holds for the best (Thompson 1933). */
function createDraw({ state, prior, context, mpo }: MetaPolicyInput, random: RandomStream) {
  const pool = settingPool(mpo.challengers);
  const shapes = pool.map(settingShape);
  const posterior = inferPosterior(prior, state.evidence);
  return (): SettingValues => {
    const weights = weightsIn(context, posterior.draw(random));
    const worths = shapes.map((shape) => dot(shape, weights));
    return pool[worths.indexOf(Math.max(...worths))] ?? state.incumbent;
  };
}

/** Draws after which it is clear that nothing new is left to try. */
const mostTries = 50;

/**
 * ω_1…ω_J of a cycle, no two alike: the incumbent, the standing settings, the incumbent with one coordinate
 * changed, and draws from the posterior. *Do nothing* comes on top. Fewer if the pool has no more.
 */
export function proposeSettings(
  input: MetaPolicyInput,
  random: RandomStream,
): readonly ChallengerSetting[] {
  const { challengers: grid, metaPolicy } = input.mpo;
  const incumbent = fitToGrid(input.state.incumbent, grid);
  const { settings: count, changedSettings } = metaPolicy;
  const chosen = new Map<string, ChallengerSetting>();
  const add = (name: string, values: SettingValues) => {
    const key = describeSetting(values);
    const isNew = !chosen.has(key);
    if (isNew) chosen.set(key, { ...values, name });
    return isNew;
  };
  for (const { name, ...values } of standingSettingsOf(grid)) add(name, values);
  add("incumbent", incumbent);
  const room = () => chosen.size < count;
  for (let tries = 0, n = 1; n <= changedSettings && room() && tries < mostTries; tries++)
    if (add(`changed-${n}`, changeOne(incumbent, grid, random))) n++;
  const draw = createDraw(input, random);
  // A sure posterior draws the same setting again and again; then a changed draw replaces it.
  for (let tries = 0, n = 1; room() && tries < mostTries; tries++) {
    const drawn = draw();
    if (add(`thompson-${n}`, drawn) || add(`thompson-${n}`, changeOne(drawn, grid, random))) n++;
  }
  return [...chosen.values()];
}

/** A cycle's settings with the rows' judgement. */
export interface JudgedSettings extends JudgedDifferences {
  readonly settings: readonly ChallengerSetting[];
}

/** Belief about a judged setting, as shares of the serving value: mean and standard deviation. */
export interface MetaPrediction {
  readonly predicted: number;
  readonly predictedDeviation: number;
}

export interface MetaDecision {
  readonly state: MetaPolicyState;
  /** w_j by name, *do nothing* included. */
  readonly weights: Readonly<Record<string, number>>;
  /** In the order of the judged settings. */
  readonly predictions: readonly MetaPrediction[];
  /** Name of the setting with the largest weight, or *do nothing*. */
  readonly chosen: string;
}

const withoutName = ({ name: _, ...values }: ChallengerSetting): SettingValues => values;

/** Of each setting: the regression's estimate, and a separate part that no weights explain. */
function believe({ mean, covariance }: Belief, misfit: number): Belief {
  const next = mean.length + 1;
  return {
    mean,
    covariance: covariance.map((value, cell) => value + (cell % next === 0 ? misfit : 0)),
  };
}

const describeBelief = ({ mean, covariance }: Belief): MetaPrediction[] =>
  Array.from(mean, (predicted, j) => ({
    predicted,
    predictedDeviation: Math.sqrt(Math.max(0, covariance[j * (mean.length + 1)]!)),
  }));

/**
 * Learns from a cycle's judgement. A setting's weight is the probability that it is worth the most,
 * given the belief at its proposal and the rows; the one with the largest is incumbent then, and
 * the regression keeps the judgements.
 * @param options.isSettled the serving policy is no worse than before: lessons from before a change
 * do not count
 * @param options.random of the draws that weights are counted from
 */
export function learnFromJudged(
  { state, prior, context, mpo }: MetaPolicyInput,
  judged: JudgedSettings,
  { isSettled, random }: { readonly isSettled: boolean; readonly random: RandomStream },
): MetaDecision {
  const { misfit } = prior;
  const features = judged.settings.map((setting) => settingFeatures(context, setting));
  const known = isSettled ? state.evidence : initialMetaPolicy.evidence;
  const before = believe(inferPosterior(prior, known).predict(features), misfit);
  const belief = updateBelief(before, judged);
  const weights = bestProbabilities(belief, random);
  const best = judged.settings[weights.indexOf(Math.max(...weights))];
  const { retention } = mpo.metaPolicy;
  return {
    state: {
      ...state,
      evidence: addEvidence(known, { ...judged, features }, { misfit, retention }),
      incumbent: best === undefined ? state.incumbent : withoutName(best),
    },
    weights: Object.fromEntries(
      [...judged.settings.map(({ name }) => name), doNothing].map((name, j) => [name, weights[j]!]),
    ),
    predictions: describeBelief(belief),
    chosen: best?.name ?? doNothing,
  };
}
