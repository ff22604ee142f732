import { createHash } from "node:crypto";
import type { ItemId } from "../../domain/ids.ts";
import { corruptSnapshot, decodeTensors, encodeTensors } from "../snapshot.ts";
import { type TransformerModel, transformerParameters } from "../transformer/parameters.ts";
import { feedForwards, type TransformerShape } from "../transformer/shape.ts";
import type { ChainPart } from "./chain.ts";
import { chainNumbers, chainTensors, readChain } from "./chain-tensors.ts";
import { type FeatureMap, featureNumbers, featureTensors, readFeatureMap } from "./feature-map.ts";

/** A Transformer trained on behaviour, with the items that it was trained on. */
export interface EncoderModel extends TransformerModel {
  /** Item of each row of the item table. */
  readonly itemIds: readonly ItemId[];
  /** Events of each item that it was trained on. */
  readonly counts: Float32Array;
  /** Event number up to which it was trained: only later events judge it. */
  readonly throughSequence: number;
  /** Absent if the network ranks best without one. */
  readonly chain?: ChainPart;
  /** Places other items; absent if the items' features say nothing of their vectors. */
  readonly features?: FeatureMap;
  /**
   * Hash of the encoder whose training it continues. Its states are in that one's coordinates, so
   * weights for them stay; absent if it began anew.
   */
  readonly continues?: string;
  /**
   * Mean over users of the next-item loss on events that training held out, nats, and its standard
   * error: a larger one on later events shows that behaviour has changed. Absent if not measured.
   */
  readonly loss?: { readonly mean: number; readonly standardError: number };
}

/** An artefact of the record, named by its content. */
export interface StoredEncoder {
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** @throws RangeError on a parameter that is not finite */
export function encodeEncoder(model: EncoderModel): StoredEncoder {
  const { shape, parameters, itemIds, counts, throughSequence, chain, features, continues, loss } =
    model;
  const { feedForward, items, ...sizes } = shape;
  const specs = Object.entries(transformerParameters(shape));
  const tensors = specs.map(
    ([name, spec]) => [name, { shape: spec.shape, values: parameters[name]! }] as const,
  );
  const bytes = encodeTensors({
    meta: {
      kind: "encoder",
      itemIds,
      numbers: {
        ...sizes,
        feedForward: feedForwards.indexOf(feedForward),
        throughSequence,
        ...(chain && chainNumbers(chain)),
        ...(features && featureNumbers(features)),
        ...(loss && { loss: loss.mean, lossError: loss.standardError }),
      },
      ...(continues !== undefined && { encoder: continues }),
    },
    tensors: {
      ...Object.fromEntries(tensors),
      counts: { shape: [items], values: counts },
      ...(chain && chainTensors(chain)),
      ...(features && featureTensors(features)),
    },
  });
  return { hash: hashOf(bytes), bytes };
}

/** @throws corrupt_snapshot, also if the bytes are not those of the hash */
export function decodeEncoder({ hash, bytes }: StoredEncoder): EncoderModel {
  const { meta, tensors } = decodeTensors(bytes);
  if (meta.kind !== "encoder" || hashOf(bytes) !== hash)
    throw corruptSnapshot(`it is not the encoder ${hash.slice(0, 12)}…`);
  const { width = 0, blocks = 0, heads = 0, length = 0, feedForward = 0 } = meta.numbers;
  const shape: TransformerShape = {
    width,
    blocks,
    heads,
    length,
    items: meta.itemIds.length,
    feedForward: feedForwards[feedForward]!,
  };
  const parameters = Object.keys(transformerParameters(shape)).map((name) => [
    name,
    tensors[name]!.values,
  ]);
  return {
    shape,
    parameters: Object.fromEntries(parameters),
    itemIds: meta.itemIds,
    counts: tensors.counts!.values,
    throughSequence: meta.numbers.throughSequence ?? 0,
    ...(meta.numbers.chainWeight !== undefined && { chain: readChain(meta.numbers, tensors) }),
    ...(tensors.featureMean && { features: readFeatureMap(meta.numbers, tensors) }),
    ...(meta.encoder !== undefined && { continues: meta.encoder }),
    ...(meta.numbers.loss !== undefined && {
      loss: { mean: meta.numbers.loss, standardError: meta.numbers.lossError ?? 0 },
    }),
  };
}
