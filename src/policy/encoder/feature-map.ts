import { itemTokenBuckets } from "../item-features.ts";
import type { ItemView, TextShape } from "../policy.ts";
import type { TensorFile } from "../snapshot.ts";

/**
 * Places an item where an encoder of width d might have placed it after training on its events:
 *
 *     e(a) ≈ m + Σ_t w_t·M[t] + V·t(a)
 *
 * t are its hashed features of weights w_t, t(a) is the vector of its text. (Gantner et al. 2010, "Learning
 * attribute-to-feature mappings for cold-start recommendations".)
 */
export interface FeatureMap {
  /** m, [d]. */
  readonly mean: Float32Array;
  /** M, [itemTokenBuckets, d]. */
  readonly tokens: Float32Array;
  /** V, [width, d], of texts of one model; absent if the items of the training had none. */
  readonly text?: TextShape & { readonly weights: Float32Array };
}

/** A feature's row in M, or in V after the rows of M, and its weight. */
export type Feature = readonly [row: number, weight: number];

/** Features of an item; a text of another model is none. */
export function weighedFeatures(
  { tokens, text }: ItemView,
  shape: TextShape | undefined,
): Feature[] {
  const own = tokens.map(({ index, weight }): Feature => [index, weight]);
  if (text === undefined || text.model !== shape?.model) return own;
  return [...own, ...Array.from(text.vector, (x, i): Feature => [itemTokenBuckets + i, x])];
}

/** The vector of an item by its features, [d]. */
export function placeByFeatures({ mean, tokens, text }: FeatureMap, view: ItemView): Float32Array {
  const placed = Float64Array.from(mean);
  const width = mean.length;
  for (const [row, weight] of weighedFeatures(view, text)) {
    const isToken = row < itemTokenBuckets;
    const values = isToken ? tokens : text!.weights;
    const start = (isToken ? row : row - itemTokenBuckets) * width;
    for (let i = 0; i < width; i++) placed[i]! += weight * values[start + i]!;
  }
  return Float32Array.from(placed);
}

export const featureNumbers = ({ text }: FeatureMap): TensorFile["meta"]["numbers"] =>
  text === undefined ? {} : { featureTextModel: text.model };

export const featureTensors = ({ mean, tokens, text }: FeatureMap): TensorFile["tensors"] => ({
  featureMean: { shape: [mean.length], values: mean },
  featureTokens: { shape: [itemTokenBuckets, mean.length], values: tokens },
  ...(text && { featureText: { shape: [text.width, mean.length], values: text.weights } }),
});

/** Of a file whose encoder has a feature map. */
export function readFeatureMap(
  { featureTextModel }: TensorFile["meta"]["numbers"],
  { featureMean, featureTokens, featureText }: TensorFile["tensors"],
): FeatureMap {
  return {
    mean: featureMean!.values,
    tokens: featureTokens!.values,
    ...(featureText !== undefined &&
      featureTextModel !== undefined && {
        text: {
          model: featureTextModel,
          width: featureText.shape[0]!,
          weights: featureText.values,
        },
      }),
  };
}
