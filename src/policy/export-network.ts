import { encodeModel, type FreeAxes, selectModel } from "../tensor/encode-model.ts";
import type { Value } from "../tensor/graph.ts";
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
}

/** Inputs and outputs, by name; a tensor that is missing here can't be exported. */
const meanings: Readonly<Record<string, string>> = {
  pooled:
    "the history's pools one after the other, each Σ weight · item embedding; weights: history.pools; 0 without history",
  contextTokens: "indices of the hashed context and user attributes; padded with 0",
  contextWeights: "weight of each index; padded with 0",
  entries:
    "embeddings of the newest events' items, the newest in the last cell; 0 before the first",
  entrySignals: "signal of each of these events; 0 before the first",
  entrySegments: "1 for each of these events and always in the last cell; 0 before the first",
  encoded: "the state",
  embeddings: "candidates: their rows of items.embeddings",
  biases: "candidates: their entries of items.biases",
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
  logits: { 2: "candidates" },
};

/** The graphs that the scorer runs as ONNX files, and the items as it embeds them. */
export async function exportNetwork(
  network: Network,
  views: readonly ItemView[],
): Promise<ExportedNetwork> {
  const { heads, width } = network.shape;
  const embedder = await createItemEmbedder(network, 1);
  const vectors = await embedder.embed(views).finally(() => embedder.close());
  const embeddings = new Float32Array(heads * views.length * width);
  const biases = new Float32Array(heads * views.length);
  for (const [index, vector] of vectors.entries()) {
    for (let head = 0; head < heads; head++) {
      const row = head * views.length + index;
      embeddings.set(vector.subarray(head * width, (head + 1) * width), row * width);
      biases[row] = vector[heads * width + head]!;
    }
  }
  return {
    encoder: toFile(stateGraph(network, 1)),
    // Any length will do: it is free in the file, and no operation of this graph depends on it.
    scorer: toFile(scoreGraph(network.shape, 2), freeCandidates),
    embeddings,
    biases,
  };
}
