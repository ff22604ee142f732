import type { ItemId } from "../domain/ids.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Encoder } from "./encoder/encoder.ts";
import { contextTokenBuckets, itemTokenBuckets } from "./item-features.ts";
import type { ItemView, TextShape } from "./policy.ts";
import { poolCount } from "./profile.ts";
import { startRows } from "./start-rows.ts";

/**
 * Two towers, several heads side by side. An item is e_m(a) = id embedding + Σ hashed features (+ V_m·text vector). A state is
 * h_m(s) = W_m·[pools of e_m over the history] + A_m·u(s) + Σ hashed context + c_m.
 * A score is f_m(s, a) = κ_m·ℓ(s, a) + h_m·e_m + u_m·e_m + b_m(a). An encoder gives the state u and the log-odds ℓ; without one both are 0.
 * The policy is a network with one head; the reward models and the discriminator are the heads of another.
 */
export interface NetworkShape {
  readonly heads: number;
  /** Embedding width d of a head. */
  readonly width: number;
  /**
   * Positions that a reward head distinguishes: its position bias is log θ_k, which no score has in
   * it.
   */
  readonly positions: number;
  /** Of the items' text vectors; absent if the network takes none. */
  readonly text?: TextShape;
  /** Numbers of the encoder's states; absent without one. */
  readonly stateWidth?: number;
}

export type Parameters = Readonly<Record<string, Float32Array>>;

export interface Network {
  readonly shape: NetworkShape;
  /** Item of each row of the item table; row 0, with an empty id, represents items outside it. */
  readonly itemIds: readonly ItemId[];
  readonly parameters: Parameters;
  /** Its states are those of `shape.stateWidth`. */
  readonly encoder?: Encoder;
}

/** Name → shape of each parameter, in the order in which snapshots hold them. */
export function parameterShapes(
  shape: NetworkShape,
  itemRows: number,
): Readonly<Record<string, readonly number[]>> {
  const { heads, width, positions } = shape;
  return {
    itemTable: [itemRows, heads * width],
    itemBias: [itemRows, heads],
    itemTokenTable: [itemTokenBuckets, heads * width],
    contextTable: [contextTokenBuckets, heads * width],
    stateWeights: [heads, poolCount * width, width],
    stateBias: [heads, 1, width],
    itemWeights: [heads, width, 1],
    positionBias: [heads, positions, 1],
    ...(shape.text && { textWeights: [shape.text.width, heads * width] }),
    ...(shape.stateWidth !== undefined && {
      encodedWeights: [heads, shape.stateWidth, width],
      logOddsWeights: [heads, 1, 1],
    }),
  };
}

/** Shapes of the arrays that a network holds: those of `parameterShapes`, but for the rows of tables that were cut. */
export function heldShapes({
  shape,
  itemIds,
  parameters,
}: Network): Readonly<Record<string, readonly number[]>> {
  const shapes = Object.entries(parameterShapes(shape, itemIds.length));
  return Object.fromEntries(
    shapes.map(([name, dimensions]) => {
      const columns = dimensions[1] ?? 0;
      const isTable = dimensions.length === 2;
      return [name, isTable ? [parameters[name]!.length / columns, columns] : dimensions];
    }),
  );
}

/** A text vector has length 1, so this is its share in each number of an embedding at the start. */
const textDeviation = 0.25;

/** Standard deviations of normal starts; missing ones start at 0. */
const starts: Readonly<Record<string, number>> = {
  itemTable: 0.05,
  itemTokenTable: 0.25,
  stateWeights: 0.02,
  textWeights: textDeviation,
};

const count = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

const similarityWeight = 1.5;

/**
 * The pools by signal start as they are: an item scores by its likeness to the user's liked items,
 * which is right more often than not and spares the first cycles from finding it out.
 */
function addSimilarity(stateWeights: Float32Array, { heads, width }: NetworkShape): void {
  const blocks = heads * poolCount;
  for (let block = 0; block < blocks; block++) {
    // Pool 0 is the plain mean, which has no information about likes.
    if (block % poolCount === 0) continue;
    for (let i = 0; i < width; i++)
      stateWeights[(block * width + i) * width + i]! += similarityWeight;
  }
}

/** Random embeddings and state weights, everything else 0. */
export function createNetwork(shape: NetworkShape, random: RandomStream): Network {
  const itemIds = ["" as ItemId];
  const parameters: Record<string, Float32Array> = {};
  for (const [name, dimensions] of Object.entries(parameterShapes(shape, itemIds.length))) {
    const start = starts[name] ?? 0;
    const values = new Float32Array(count(dimensions));
    if (start > 0) for (let i = 0; i < values.length; i++) values[i] = start * random.normal();
    parameters[name] = values;
  }
  addSimilarity(parameters.stateWeights!, shape);
  return { shape, itemIds, parameters };
}

/** The same network with rows for items that it does not know yet. */
export function growNetwork(
  network: Network,
  items: Iterable<ItemId>,
  random: RandomStream,
): Network {
  const known = new Set(network.itemIds);
  const fresh = [...new Set(items)].filter((item) => !known.has(item));
  if (fresh.length === 0) return network;
  const itemIds = [...network.itemIds, ...fresh];
  const rows = itemIds.length;
  const { heads, width } = network.shape;
  const { itemTable, itemBias } = network.parameters;
  const grown = new Float32Array(rows * heads * width);
  grown.set(itemTable!);
  const { encoder } = network;
  grown.set(startRows(fresh, heads * width, { random, encoder }), itemTable!.length);
  const parameters = {
    ...network.parameters,
    itemTable: grown,
    // An item without known features is like the row of unknown ones.
    itemBias: Float32Array.from(
      { length: rows * heads },
      (_, cell) => itemBias![cell] ?? itemBias![cell % heads]!,
    ),
  };
  return { ...network, itemIds, parameters };
}

/**
 * The same network on an encoder, whose part starts at 0. Weights for another one stay if the
 * encoder continues that one, and are dropped otherwise.
 */
export function withEncoder(network: Network, encoder: Encoder | undefined): Network {
  if (network.encoder?.hash === encoder?.hash) return network;
  if (encoder && network.encoder && network.encoder.hash === encoder.model.continues)
    return { ...network, encoder };
  const { encodedWeights: _, logOddsWeights: __, ...parameters } = network.parameters;
  const { stateWidth: ___, ...shape } = network.shape;
  const { itemIds } = network;
  if (encoder === undefined) return { shape, itemIds, parameters };
  const { heads, width } = shape;
  return {
    shape: { ...shape, stateWidth: encoder.width },
    itemIds,
    parameters: {
      ...parameters,
      encodedWeights: new Float32Array(heads * encoder.width * width),
      logOddsWeights: new Float32Array(heads),
    },
    encoder,
  };
}

/**
 * The same network, ready for the texts of these items; weights for another model's texts are
 * dropped.
 */
export function withText(
  network: Network,
  views: Iterable<ItemView>,
  random: RandomStream,
): Network {
  const { shape, parameters } = network;
  let found: TextShape | undefined;
  for (const { text } of views) {
    if (text === undefined) continue;
    found = { model: text.model, width: text.vector.length };
    break;
  }
  if (found === undefined || found.model === shape.text?.model) return network;
  const length = found.width * shape.heads * shape.width;
  const textWeights = Float32Array.from({ length }, () => textDeviation * random.normal());
  return {
    ...network,
    shape: { ...shape, text: found },
    parameters: { ...parameters, textWeights },
  };
}

/** The same network with some heads as they are in another one of its shape and items, the others untouched. */
export function copyHeads(network: Network, source: Network, heads: readonly number[]): Network {
  const parameters = Object.entries(heldShapes(network)).map(([name, dimensions]) => {
    const values = network.parameters[name]!.slice();
    const copied = source.parameters[name]!;
    // Tables hold the heads side by side in a row; everything else holds them one after the other.
    const rows = dimensions.length === 2 ? dimensions[0]! : 1;
    const columns = values.length / rows / network.shape.heads;
    for (let row = 0; row < rows; row++) {
      for (const head of heads) {
        const start = (row * network.shape.heads + head) * columns;
        values.set(copied.subarray(start, start + columns), start);
      }
    }
    return [name, values] as const;
  });
  return { ...network, parameters: Object.fromEntries(parameters) };
}

/** The same network with some heads as they are at the start, the others untouched. */
export function resetHeads(
  network: Network,
  reset: readonly number[],
  random: RandomStream,
): Network {
  const { shape, itemIds, encoder } = network;
  const fresh = { ...createNetwork(shape, random), ...(encoder && { encoder }) };
  return copyHeads(network, growNetwork(fresh, itemIds, random), reset);
}
