import { add, multiply, subtract } from "../tensor/arithmetic.ts";
import { negate } from "../tensor/elementwise.ts";
import { encodeModel, type FreeAxes, selectModel } from "../tensor/encode-model.ts";
import { constant, type Graph, input, type Value } from "../tensor/graph.ts";
import { concat, reshape } from "../tensor/layout.ts";
import type { Encoder } from "./encoder/encoder.ts";
import { buildNewestState } from "./encoder/state-graph.ts";
import { type ExportedChain, exportChain } from "./export-chain.ts";
import { createItemEmbedder } from "./item-embedder.ts";
import type { Network } from "./network.ts";
import type { ItemView } from "./policy.ts";
import { type NetworkGraph, scoreGraph, stateGraph } from "./towers.ts";

/** An input or output of an exported graph. An axis with a name has any length of at least 1. */
export interface ExportedTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
  readonly meaning: string;
}

export interface ExportedGraph {
  /** An ONNX file. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly ExportedTensor[];
  readonly outputs: readonly ExportedTensor[];
}

export interface ExportedNetwork {
  /** One state: output `encoded`. */
  readonly encoder: ExportedGraph;
  /** An encoded state and any number of embedded items: output `logits`. */
  readonly scorer: ExportedGraph;
  /** [heads, items, width] of the exported items. */
  readonly embeddings: Float32Array;
  /** [heads, 1, items] */
  readonly biases: Float32Array;
  /** Numbers of an item's embedding. */
  readonly width: number;
  /** Newest events that an encoder reads, and the row of each exported item in its table, −1 if it is not there. */
  readonly events?: { readonly length: number; readonly rows: readonly number[] };
  /** Absent without one. */
  readonly chain?: ExportedChain;
}

/** Inputs and outputs, by name; a tensor that is missing here can't be exported. */
const meanings: Readonly<Record<string, string>> = {
  pooled:
    "the history's pools one after the other, each Σ weight · the first numbers of the item's embedding, as many as a pool has room for; weights: history.pools; 0 without history",
  contextTokens: "indices of the hashed context and user attributes; padded with 0",
  contextWeights: "weight of each index; padded with 0",
  events:
    "items.eventRows of the newest events, by history.events, the newest in the last cell; 0 before the first",
  places: "0 for the oldest of these events, 1 for the next …; 0 before the first",
  segments: "1 for each of these events and always in the last cell; 0 before the first",
  isCold: "1 if there is no such event, else 0",
  encoded: "the state",
  embeddings: "candidates: their rows of items.embeddings",
  biases: "candidates: their entries of items.biases",
  chain:
    "log-probability of each candidate by history.events.chain; 0 for all if there is no such event",
  logits: "a logit for each candidate, in the order in which they were fed",
};

function describe({ name, shape, type }: Omit<Value, "graph">, free: FreeAxes): ExportedTensor {
  const meaning = meanings[name];
  if (meaning === undefined) throw new RangeError(`export: ${name} has no described meaning`);
  return { name, type, shape: shape.map((length, axis) => free[name]?.[axis] ?? length), meaning };
}

function toFile({ graph, outputs }: NetworkGraph, free: FreeAxes = {}): ExportedGraph {
  return {
    bytes: encodeModel(graph, outputs, free),
    inputs: selectModel(graph, outputs).inputs.map((value) => describe(value, free)),
    outputs: Object.entries(outputs).map(([name, value]) => describe({ ...value, name }, free)),
  };
}

const freeCandidates: FreeAxes = {
  embeddings: { 1: "candidates" },
  biases: { 2: "candidates" },
  chain: { 2: "candidates" },
  logits: { 2: "candidates" },
};

/** u of one state from its newest events, [1, stateWidth]. */
function encodeEvents(graph: Graph, { model }: Encoder): Value {
  const isCold = input(graph, "isCold", [1, 1]);
  const known = multiply(buildNewestState(graph, model, 1), subtract(isCold, 1));
  return concat([negate(known), isCold], 1);
}

/** With an encoder h and κ·u are one state, so that one product with an item's e gives its logit. */
function exportStates(network: Network): NetworkGraph {
  const { encoder, parameters, shape } = network;
  if (encoder === undefined) return stateGraph(network, 1);
  let encoded: Value | undefined;
  const { graph, outputs } = stateGraph(network, 1, {
    encode: (graph) => {
      encoded = encodeEvents(graph, encoder);
      return encoded;
    },
  });
  const weights = constant(graph, parameters.logOddsWeights!, [shape.heads, 1, 1]);
  const scaled = multiply(reshape(encoded!, [1, 1, encoder.width]), weights);
  return { graph, outputs: { encoded: concat([outputs.encoded!, scaled], 2) } };
}

const widthOf = ({ shape, encoder }: Network) => shape.width + (encoder?.width ?? 0);

/** With a chain its log-probabilities are fed, and weighed by κ·λ. */
function exportScores(network: Network, states?: NetworkGraph): NetworkGraph {
  const { shape, parameters, encoder } = network;
  // Any length will do: it is free in the file, and no operation of this graph depends on it.
  const candidates = 2;
  const { graph, outputs } = scoreGraph({ ...shape, width: widthOf(network) }, candidates, states);
  const chain = encoder?.model.chain;
  if (chain === undefined) return { graph, outputs };
  const weights = parameters.logOddsWeights!.map((weight) => weight * chain.weight);
  const part = multiply(
    constant(graph, weights, [shape.heads, 1, 1]),
    input(graph, "chain", [1, 1, candidates]),
  );
  return { graph, outputs: { logits: add(outputs.logits!, part) } };
}

/** State and candidates → `logits` in one file, for hosts that run one graph. */
export const exportWhole = (network: Network): ExportedGraph =>
  toFile(exportScores(network, exportStates(network)), freeCandidates);

/** The graphs that the scorer runs as ONNX files, and the items as it embeds them. */
export async function exportNetwork(
  network: Network,
  views: readonly ItemView[],
): Promise<ExportedNetwork> {
  const { heads } = network.shape;
  const { encoder } = network;
  const width = widthOf(network);
  const chain = encoder && exportChain(encoder, views);
  const embedder = await createItemEmbedder(network, 1);
  const embedded = await embedder.embed(views).finally(() => embedder.close());
  const embeddings = new Float32Array(heads * views.length * width);
  const biases = new Float32Array(heads * views.length);
  const own = network.shape.width;
  for (const [index, view] of views.entries()) {
    for (let head = 0; head < heads; head++) {
      const row = head * views.length + index;
      const start = row * width;
      const from = (index * heads + head) * (own + 1);
      embeddings.set(embedded.subarray(from, from + own), start);
      if (encoder) embeddings.set(encoder.vectorOf(view), start + own);
      biases[row] = embedded[from + own]!;
    }
  }
  return {
    encoder: toFile(exportStates(network)),
    scorer: toFile(exportScores(network), freeCandidates),
    embeddings,
    biases,
    width,
    ...(encoder && {
      events: {
        length: encoder.model.shape.length,
        rows: views.map(({ itemId }) => encoder.rowOf(itemId)),
      },
    }),
    ...(chain && { chain }),
  };
}
