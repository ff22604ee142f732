import type { ItemId } from "../domain/ids.ts";
import type { RandomStream } from "../numeric/random.ts";
import { keepMatching } from "./by-list.ts";
import type { Encoder, EncoderSource } from "./encoder/encoder.ts";
import { createNetwork, type Network, type NetworkShape, parameterShapes } from "./network.ts";
import { groundOf } from "./network-ground.ts";
import type { Policy } from "./policy.ts";
import { networkTerms } from "./score-terms.ts";
import { createScorer } from "./scorer.ts";
import { corruptSnapshot, decodeTensors, encodeTensors, type TensorFile } from "./snapshot.ts";

export const policyShape: NetworkShape = { heads: 1, width: 32, positions: 1 };

/** A policy that knows nothing: with its state weights at 0 every candidate has the same logit. */
export function initialNetwork(random: RandomStream): Network {
  const network = createNetwork(policyShape, random);
  const stateWeights = new Float32Array(network.parameters.stateWeights!.length);
  return { ...network, parameters: { ...network.parameters, stateWeights } };
}

const toNumbers = ({ text, ...shape }: NetworkShape): Readonly<Record<string, number>> =>
  text === undefined ? shape : { ...shape, textModel: text.model, textWidth: text.width };

function toShape(numbers: Readonly<Record<string, number>>): NetworkShape {
  const { heads = 0, width = 0, positions = 0, stateWidth, textModel, textWidth } = numbers;
  const shape = { heads, width, positions, ...(stateWidth !== undefined && { stateWidth }) };
  if (textModel === undefined || textWidth === undefined) return shape;
  return { ...shape, text: { model: textModel, width: textWidth } };
}

/** @throws RangeError on a parameter that is not finite */
export function encodeNetwork(network: Network, kind = "network"): Uint8Array {
  const shapes = parameterShapes(network.shape, network.itemIds.length);
  const tensors = Object.entries(shapes).map(
    ([name, shape]) => [name, { shape, values: network.parameters[name]! }] as const,
  );
  return encodeTensors({
    meta: {
      kind,
      itemIds: network.itemIds,
      numbers: toNumbers(network.shape),
      ...(network.encoder && { encoder: network.encoder.hash }),
    },
    tensors: Object.fromEntries(tensors),
  });
}

/**
 * @throws corrupt_snapshot if an array is missing or has another shape, as in the file of another
 * build
 */
function toNetwork(file: TensorFile, encoder: Encoder | undefined): Network {
  const shape = toShape(file.meta.numbers);
  const expected = Object.entries(parameterShapes(shape, file.meta.itemIds.length));
  const parameters = expected.map(([name, dimensions]) => {
    const found = file.tensors[name];
    if (found === undefined || found.shape.join() !== dimensions.join())
      throw corruptSnapshot(`${name} has shape [${found?.shape}], expected [${dimensions}]`);
    return [name, found.values] as const;
  });
  return {
    shape,
    itemIds: file.meta.itemIds,
    parameters: Object.fromEntries(parameters),
    ...(encoder && { encoder }),
  };
}

/** @throws corrupt_snapshot, and not_found if its encoder is missing */
export async function readNetwork(file: TensorFile, encoders: EncoderSource): Promise<Network> {
  const { encoder } = file.meta;
  return toNetwork(file, encoder === undefined ? undefined : await encoders(encoder));
}

/** The same for the bytes of a snapshot. @throws also unsupported_snapshot_version */
export const decodeNetwork = (bytes: Uint8Array, encoders: EncoderSource): Promise<Network> =>
  readNetwork(decodeTensors(bytes), encoders);

/** Serves one request at a time, on one thread: several requests share the cores better than one does. */
export async function openNetworkPolicy(network: Network): Promise<Policy> {
  const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
  const known = new Set<string>(network.itemIds);
  const { encoder } = network;
  const isKnown = (itemId: ItemId) => known.has(itemId) || (encoder?.rowOf(itemId) ?? -1) !== -1;
  const logits: Policy["logits"] = async (state, candidates) => {
    const [heads] = await scorer.score([{ state, candidates }]);
    return heads![0]!;
  };
  return {
    kind: "network",
    logits,
    reasons: {
      terms: async (state, candidates) =>
        networkTerms(network, { state, candidates }, await logits(state, candidates)),
      attend: async (state) => encoder?.attend(state),
    },
    findBest: (state, candidates, wanted) => scorer.findBest({ state, candidates }, wanted),
    towers: {
      ground: groundOf(network),
      represent: (state, candidates) => scorer.represent({ state, candidates }),
      isKnown,
      unknownIn: keepMatching(({ itemId }) => !isKnown(itemId)),
    },
    close: () => scorer.close(),
  };
}
