import { createRandom, type RandomStream } from "../../../src/numeric/random.ts";
import { createFourierFeatures } from "../../../src/policy/fast-loop/fourier-features.ts";
import type { LinearHead } from "../../../src/policy/fast-loop/linear-head.ts";
import { createHead } from "../../../src/policy/fast-loop/mixed-head.ts";
import type { Visit } from "./visits.ts";

/** The same for all sets. */
export interface ThompsonSettings {
  readonly fourierFeatures: number;
  /** Whether events may turn them down. */
  readonly byEvidence: boolean;
  /** Of the kernel, in units of √inputs. */
  readonly bandwidth: number;
  /** What a standardised input counts as a feature of its own, in units of 1/√inputs. */
  readonly inputScale: number;
  /** λ of each head. */
  readonly priorPrecision: number;
  /** σ² of each head before its first row. */
  readonly noiseVariance: number;
  /** v: a draw's deviation, in posterior deviations. */
  readonly scale: number;
}

export const defaultSettings: ThompsonSettings = {
  fourierFeatures: 256,
  byEvidence: true,
  bandwidth: 0.8,
  inputScale: 1,
  priorPrecision: 0.1,
  noiseVariance: 0.1,
  scale: 0.3,
};

/** Fourier features, inputs and a constant, in an array that the next call writes over. */
export function createFeatures(inputs: number, settings: ThompsonSettings, random: RandomStream) {
  const { fourierFeatures, bandwidth, inputScale } = settings;
  const features = new Float64Array(fourierFeatures + inputs + 1).fill(1);
  const writeFourier = createFourierFeatures({
    inputs,
    features: fourierFeatures,
    bandwidth: bandwidth * Math.sqrt(inputs),
    random,
  })([]);
  const scale = inputScale / Math.sqrt(inputs);
  return (x: Float64Array) => {
    writeFourier(x, features);
    for (let input = 0; input < inputs; input++)
      features[fourierFeatures + input] = scale * x[input]!;
    return features;
  };
}

/** Of a run's features, the same for everyone who gets them. */
export const featureStream = (seed: number): RandomStream => createRandom(seed).split("features");

export interface Draws {
  readonly heads: readonly LinearHead[];
  readonly settings: ThompsonSettings;
  readonly random: RandomStream;
}

/**
 * The head with the largest draw. A spread takes d²/2 products and only shrinks with events, so xᵀx/λ bounds it: a head that
 * could not be the largest even with that one is passed over. The choice is the one of drawing them all.
 */
export function chooseLargest({ heads, settings, random }: Draws, x: Float64Array): number {
  const widest = Math.sqrt(
    x.reduce((sum, value) => sum + value * value, 0) / settings.priorPrecision,
  );
  const draws = heads.map((head, index) => ({
    index,
    mean: head.predict(x),
    step: settings.scale * Math.sqrt(head.noiseVariance()) * random.normal(),
  }));
  draws.sort((first, second) => second.mean - first.mean);
  let largest = { index: 0, draw: Number.NEGATIVE_INFINITY };
  for (const { index, mean, step } of draws) {
    if (mean + Math.max(0, step) * widest <= largest.draw) continue;
    const draw = mean + step * Math.sqrt(heads[index]!.spread(x));
    if (draw > largest.draw) largest = { index, draw };
  }
  return largest.index;
}

/**
 * Thompson sampling with the fast loop's head, one for each class, on the same features.
 * @returns for each row 1 where the choice was wrong, 0 where it was right
 */
export function playThompson(
  visits: readonly Visit[],
  { classes, settings, seed }: { classes: number; settings: ThompsonSettings; seed: number },
  onProgress: (share: number) => void,
): Uint8Array {
  const inputs = visits[0]!.inputs.length;
  const random = createRandom(seed);
  const features = createFeatures(inputs, settings, featureStream(seed));
  const { fourierFeatures, priorPrecision, noiseVariance } = settings;
  const size = fourierFeatures + inputs + 1;
  const heads = Array.from({ length: classes }, () =>
    createHead({
      size,
      optional: settings.byEvidence ? fourierFeatures : 0,
      priorPrecision,
      noiseVariance,
      forgetting: 1,
    }),
  );
  const draws = { heads, settings, random: random.split("draws") };
  return Uint8Array.from(visits, (visit, index) => {
    const x = features(visit.inputs);
    const chosen = chooseLargest(draws, x);
    const isWrong = chosen !== visit.classIndex;
    heads[chosen]!.update(x, isWrong ? 0 : 1);
    if (index % 100 === 0) onProgress(index / visits.length);
    return isWrong ? 1 : 0;
  });
}
