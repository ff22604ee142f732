import type { Item } from "../../src/domain/catalogue.ts";
import { itemId } from "../../src/domain/ids.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { RewardRule } from "../../src/domain/scenario.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { buildRows } from "../../src/numeric/sparse-rows.ts";
import type { ChainPart } from "../../src/policy/encoder/chain.ts";
import { type EncoderSource, openEncoder } from "../../src/policy/encoder/encoder.ts";
import {
  type EncoderModel,
  encodeEncoder,
  type StoredEncoder,
} from "../../src/policy/encoder/encoder-model.ts";
import type { FeatureMap } from "../../src/policy/encoder/feature-map.ts";
import { itemTokenBuckets, itemTokens } from "../../src/policy/item-features.ts";
import { createNetwork, growNetwork, type Network, withEncoder } from "../../src/policy/network.ts";
import { encodeNetwork } from "../../src/policy/network-policy.ts";
import type { ItemView, PolicyState, TextVector } from "../../src/policy/policy.ts";
import { createProfile } from "../../src/policy/profile.ts";
import { createTransformer } from "../../src/policy/transformer/parameters.ts";
import { presetShape } from "../../src/policy/transformer/shape.ts";

export const clickRule: RewardRule = {
  weights: { click: 1 },
  windowSeconds: 60,
  defaultReward: 0,
  minimum: 0,
  maximum: 1,
};

export function sampleView(id: string, item: Partial<Item> = {}): ItemView {
  const { categories = [], attributes = {} } = item;
  return { itemId: itemId(id), sequence: 1, tokens: itemTokens({ categories, attributes }) };
}

/** Items i-0, i-1, …, each with a category that it shares with every third one. */
export const sampleViews = (count: number): readonly ItemView[] =>
  Array.from({ length: count }, (_, index) =>
    sampleView(`i-${index}`, { categories: [`genre-${index % 3}`], attributes: { year: index } }),
  );

/** A user who clicked the items in this order; a click's value is its signal. */
export function sampleState(
  clicks: readonly (readonly [view: ItemView, value: number])[] = [],
  context: JsonObject = {},
): PolicyState {
  const profile = createProfile({
    history: clicks.map(([view, value], index) => ({
      sequence: index + 1,
      itemId: view.itemId,
      type: "click",
      value,
      occurredAt: 1000 + index,
    })),
    rule: clickRule,
    context,
    userAttributes: {},
  });
  return { profile, history: clicks.map(([view]) => view) };
}

/** A user with a random history of these items and a random context. */
export function randomState(views: readonly ItemView[], random: RandomStream): PolicyState {
  const clicks = Array.from(
    { length: random.integer(7) },
    () => [views[random.integer(views.length)]!, 2 * random.uniform() - 1] as const,
  );
  return sampleState(clicks, { hour: random.integer(24), device: `d-${random.integer(3)}` });
}

/** A network that knows these items, with no parameter at 0, so that each of them counts. */
export function randomNetwork(
  shape: Network["shape"],
  views: readonly ItemView[],
  random: RandomStream,
): Network {
  const ids = views.map((view) => view.itemId);
  const grown = growNetwork(createNetwork(shape, random), ids, random);
  const parameters = Object.fromEntries(
    Object.entries(grown.parameters).map(([name, values]) => [
      name,
      values.map(() => 0.3 * random.normal()),
    ]),
  );
  return { ...grown, parameters };
}

/** Of policies that stand on no encoder. */
export const noEncoders: EncoderSource = async (hash) => {
  throw new RangeError(`no encoder ${hash}`);
};

/** Source of the encoders of these networks. */
export const encodersIn =
  (...networks: readonly Network[]): EncoderSource =>
  async (hash) => {
    const found = networks.find(({ encoder }) => encoder?.hash === hash)?.encoder;
    return found ?? noEncoders(hash);
  };

/** An encoder of these items, before any training but with embeddings that differ. */
export function sampleEncoder(
  views: readonly ItemView[],
  seed = 1,
  parts: Pick<EncoderModel, "chain" | "features"> = {},
): StoredEncoder {
  const shape = { ...presetShape("small", { items: views.length, length: 10 }), width: 8 };
  const random = createRandom(seed);
  const { parameters } = createTransformer(shape, random);
  const itemTable = parameters.itemTable!.map((value) => 40 * value);
  return encodeEncoder({
    shape,
    parameters: { ...parameters, itemTable },
    itemIds: views.map(({ itemId }) => itemId),
    counts: Float32Array.from(views, (_, index) => index),
    throughSequence: 1,
    ...parts,
  });
}

/** A text of the model that `sampleFeatureMap` knows. */
export const sampleText: TextVector = { model: 5, vector: Float32Array.of(0.6, 0.8) };

/** A map to random vectors of this width, of all features and of texts. */
export function sampleFeatureMap(width: number): FeatureMap {
  const random = createRandom(4);
  const normals = (rows: number) => Float32Array.from({ length: rows * width }, random.normal);
  return {
    mean: normals(1),
    tokens: normals(itemTokenBuckets),
    text: { model: sampleText.model, width: 2, weights: normals(2) },
  };
}

/** A chain of λ = 0.5 in which items 1, 4, 7 … have no successors and the others two. */
export const sampleChain = (items: number): ChainPart => ({
  window: 3,
  decay: 0.7,
  weight: 0.5,
  successors: buildRows(items, (item, add) => {
    if (item % 3 === 1) return;
    add((item + 1) % items, 0.75);
    add((item * item + 2) % items, 0.5);
  }),
});

/** A network with no parameter at 0 on such an encoder. */
export const onEncoder = (network: Network, stored: StoredEncoder): Network => {
  const standing = withEncoder(network, openEncoder(stored));
  const random = createRandom(5);
  const { encodedWeights } = standing.parameters;
  return {
    ...standing,
    parameters: {
      ...standing.parameters,
      encodedWeights: encodedWeights!.map(() => 0.3 * random.normal()),
      logOddsWeights: new Float32Array(network.shape.heads).fill(1.7),
    },
  };
};

/** Checksum of everything that a network is: equal where it is the same bit for bit. */
export const fingerprint = (network: Network): string =>
  Buffer.from(encodeNetwork(network).slice(-32)).toString("hex");

/** Largest |left − right| ÷ max(1, |left|). */
export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  return Array.from(left).reduce(
    (most, value, index) =>
      Math.max(most, Math.abs(value - right[index]!) / Math.max(1, Math.abs(value))),
    0,
  );
}
