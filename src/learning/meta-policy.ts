import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { ChallengerSetting } from "./challengers.ts";
import { type HedgeState, hedge } from "./hedge.ts";
import { firstContext, type MetaContext, type RememberedContext } from "./meta-context.ts";
import { featureCount, settingFeatures, settingShape, weightsIn } from "./meta-features.ts";
import {
  addEvidence,
  dot,
  inferPosterior,
  type MetaEvidence,
  type MetaPrediction,
  type MetaPrior,
  noEvidence,
} from "./meta-posterior.ts";
import {
  anchors,
  changeOne,
  defaultSetting,
  describeSetting,
  type SettingValues,
  settingPool,
} from "./meta-settings.ts";

export const doNothing = "do-nothing";
/** Nothing is known: weights of any sign, of the order of a few tenths of the serving value. */
export const vaguePrior: MetaPrior = {
  mean: new Array<number>(featureCount).fill(0),
  variance: new Array<number>(featureCount).fill(0.3 ** 2),
  misfit: 0.05 ** 2,
};

/** All that the meta-policy carries from cycle to cycle, as JSON. */
export interface MetaPolicyState {
  readonly version: 2;
  /** By `describeSetting`, *do nothing* by its name. */
  readonly hedge: HedgeState;
  readonly evidence: MetaEvidence;
  /** The setting that was chosen last. */
  readonly incumbent: SettingValues;
  readonly remembered: RememberedContext;
}

export const initialMetaPolicy: MetaPolicyState = {
  version: 2,
  hedge: {},
  evidence: noEvidence(featureCount),
  incumbent: defaultSetting,
  remembered: firstContext,
};

/** Names of the fixed settings of version 1, whose state was their Hedge sums alone. */
const keyOfAnchor = (name: string) => {
  const anchor = anchors.find((one) => one.name === name);
  return anchor === undefined ? name : describeSetting(anchor);
};

/** State as it was written, or what an earlier version's says; of another build's features only Hedge's sums are kept. */
export function readMetaPolicy(written: unknown): MetaPolicyState {
  const state = written as Partial<MetaPolicyState> | Record<string, number>;
  if (state.version !== initialMetaPolicy.version) {
    const sums = Object.entries(state as Record<string, number>);
    const known = Object.fromEntries(sums.map(([name, sum]) => [keyOfAnchor(name), sum]));
    return { ...initialMetaPolicy, hedge: known };
  }
  const read = state as MetaPolicyState;
  return read.evidence.projection.length === featureCount
    ? read
    : { ...initialMetaPolicy, hedge: read.hedge };
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
 * ω_1…ω_J of a cycle, no two alike: the incumbent, the anchors, the incumbent with one coordinate changed, and draws from the
 * posterior. *Do nothing* comes on top. Fewer where the pool has no more.
 */
export function proposeSettings(
  input: MetaPolicyInput,
  random: RandomStream,
): readonly ChallengerSetting[] {
  const { incumbent } = input.state;
  const { challengers: grid, metaPolicy } = input.mpo;
  const { settings: count, changedSettings } = metaPolicy;
  const chosen = new Map<string, ChallengerSetting>();
  const add = (name: string, values: SettingValues) => {
    const key = describeSetting(values);
    const isNew = !chosen.has(key);
    if (isNew) chosen.set(key, { ...values, name });
    return isNew;
  };
  for (const { name, ...values } of anchors) add(name, values);
  add("incumbent", incumbent);
  for (let tries = 0, n = 1; n <= changedSettings && tries < mostTries; tries++)
    if (add(`changed-${n}`, changeOne(incumbent, grid, random))) n++;
  const draw = createDraw(input, random);
  // A sure posterior draws the same setting again and again; then a change of the draw takes its place.
  for (let tries = 0, n = 1; chosen.size < count && tries < mostTries; tries++) {
    const drawn = draw();
    if (add(`thompson-${n}`, drawn) || add(`thompson-${n}`, changeOne(drawn, grid, random))) n++;
  }
  return [...chosen.values()];
}

/** What the rows said of a setting, as shares of the serving value. */
export interface JudgedDifference {
  readonly setting: ChallengerSetting;
  readonly difference: number;
  readonly standardError: number;
}

export interface MetaDecision {
  readonly state: MetaPolicyState;
  /** w_j by name, *do nothing* included. */
  readonly weights: Readonly<Record<string, number>>;
  /** In the order of what was judged. */
  readonly predictions: readonly MetaPrediction[];
  /** Name of the setting with the largest lower bound, or *do nothing*. */
  readonly chosen: string;
}

const withoutName = ({ name: _, ...values }: ChallengerSetting): SettingValues => values;

/** The lower confidence bound in units of the usual error: a large gain counts for more than a small one that is surer. */
function boundsOf(judged: readonly JudgedDifference[]): Readonly<Record<string, number>> {
  const scale = judged.reduce((sum, one) => sum + one.standardError, 0) / judged.length;
  // Fewer than two users, or nothing to choose: the rows tell nothing apart.
  const isTold = scale > 0 && Number.isFinite(scale);
  return Object.fromEntries([
    [doNothing, 0],
    ...judged.map(({ setting, difference, standardError }) => [
      describeSetting(setting),
      isTold ? (difference - standardError) / scale : 0,
    ]),
  ]);
}

/**
 * Learns from a cycle's judgement: Hedge for the weights of the mixture, the regression for what is proposed next, the lower
 * bound for what is incumbent then.
 * @param isSettled the serving policy is no worse than it was: what was learned before a change does not count for the weights
 */
export function learnFromJudged(
  { state, prior, context, mpo }: MetaPolicyInput,
  judged: readonly JudgedDifference[],
  isSettled: boolean,
): MetaDecision {
  const observations = judged.map((one) => ({
    ...one,
    features: settingFeatures(context, one.setting),
  }));
  const { misfit } = prior;
  const { retention, caution } = mpo.metaPolicy;
  const evidence = addEvidence(state.evidence, observations, { misfit, retention });
  const posterior = inferPosterior(prior, evidence);
  const predictions = observations.map(({ features }) => posterior.predict(features));
  const bounds = predictions.map(
    ({ predicted, predictedDeviation }) => predicted - caution * predictedDeviation,
  );
  const best = judged[bounds.indexOf(Math.max(0, ...bounds))]?.setting;
  const { state: sums, weights } = hedge(
    isSettled ? state.hedge : {},
    boundsOf(judged),
    mpo.metaPolicy,
  );
  return {
    state: {
      ...state,
      hedge: sums,
      evidence,
      incumbent: best === undefined ? state.incumbent : withoutName(best),
    },
    weights: Object.fromEntries([
      [doNothing, weights[doNothing] ?? 0],
      ...judged.map(({ setting }) => [setting.name, weights[describeSetting(setting)] ?? 0]),
    ]),
    predictions,
    chosen: best?.name ?? doNothing,
  };
}
