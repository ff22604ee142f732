import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { onTestFinished } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { contextTokens } from "../../src/policy/item-features.ts";

// One thread: the test needs no more, and no worker stays behind.
env.wasm.numThreads = 1;

interface TensorSpec {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
  readonly meaning: string;
}

interface ModelSpec {
  readonly file: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

interface ChainSpec {
  readonly window: number;
  readonly decay: number;
  readonly popularityShare: number;
  readonly lengths: { readonly file: string };
  readonly successors: { readonly file: string };
  readonly weights: { readonly file: string };
}

/** The fields of an exported manifest that its users need. */
export interface ExportedManifest {
  readonly policy: { readonly version: number; readonly scenario: string };
  readonly encoder: ModelSpec;
  readonly scorer: ModelSpec;
  readonly history: {
    readonly length: number;
    readonly scale: number;
    readonly weights: Readonly<Record<string, number>>;
    readonly events?: {
      readonly read: number;
      readonly length: number;
      readonly chain?: ChainSpec;
    };
  };
  readonly features: { readonly limit: number };
  readonly slate: { readonly exploration: number };
  readonly items: {
    readonly embeddings: { readonly file: string; readonly shape: readonly number[] };
    readonly biases: { readonly file: string };
    readonly unavailable: readonly number[];
    readonly eventRows?: readonly number[];
    readonly shares?: readonly number[];
    readonly ids: readonly string[];
  };
}

export interface ExportedState {
  /** Oldest first. */
  readonly history: readonly {
    readonly itemId: string;
    readonly type: string;
    readonly value: number;
  }[];
  readonly context: JsonObject;
  readonly userAttributes: JsonObject;
}

const readManifest = (folder: string): ExportedManifest =>
  JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));

const readBuffer = (folder: string, file: string) =>
  new Uint8Array(readFileSync(join(folder, file))).buffer;
const readFloats = (folder: string, file: string) => new Float32Array(readBuffer(folder, file));
const readIntegers = (folder: string, file: string) => new Int32Array(readBuffer(folder, file));

async function openModel(folder: string, { file }: ModelSpec): Promise<InferenceSession> {
  const session = await InferenceSession.create(readFileSync(join(folder, file)), {
    executionProviders: ["wasm"],
  });
  onTestFinished(() => session.release());
  return session;
}

function signalsOf({ history: rule }: ExportedManifest, history: ExportedState["history"]) {
  const signal = (type: string, value: number) => ((rule.weights[type] ?? 0) * value) / rule.scale;
  return history.map(({ type, value }) => Math.max(-1, Math.min(1, signal(type, value))));
}

/** Event rows of the newest events that an encoder reads. */
function newestRows(manifest: ExportedManifest, history: ExportedState["history"]): number[] {
  const { read = 0, length = 0 } = manifest.history.events ?? {};
  const { eventRows = [], ids } = manifest.items;
  const newest = history.slice(-read);
  const signals = signalsOf(manifest, newest);
  return newest
    .map(({ itemId }, index) => (signals[index]! < 0 ? -1 : (eventRows[ids.indexOf(itemId)] ?? -1)))
    .filter((row) => row >= 0)
    .slice(-length);
}

/** Feeds of the encoder of events, written after the words of the manifest; none without one. */
function feedEvents(manifest: ExportedManifest, history: ExportedState["history"]) {
  const { events } = manifest.history;
  if (events === undefined) return {};
  const rows = newestRows(manifest, history);
  const atEnd = (values: readonly number[]) => {
    const cells = new Int32Array(events.length);
    cells.set(values, events.length - values.length);
    return cells;
  };
  const segments = atEnd(rows.map(() => 1));
  segments[events.length - 1] = 1;
  return {
    events: atEnd(rows),
    places: atEnd(rows.map((_, place) => place)),
    segments,
    isCold: Float32Array.of(rows.length === 0 ? 1 : 0),
  };
}

/** Σ_i weight_i(pool) · e_i for each pool, written after the words of the manifest. */
function poolHistory(
  vectors: readonly Float32Array[],
  signals: readonly number[],
  width: number,
): Float32Array {
  const count = signals.length;
  const halves = (halfLife: number) => signals.map((_, i) => 0.5 ** ((count - 1 - i) / halfLife));
  const decayed = (weights: readonly number[]) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return signals.map((signal, i) => (signal * weights[i]!) / total);
  };
  const pools = [
    signals.map(() => 1 / count),
    signals.map((signal) => signal / count),
    decayed(halves(10)),
    decayed(halves(2)),
  ];
  return Float32Array.from({ length: pools.length * width }, (_, index) => {
    const weights = pools[Math.floor(index / width)]!;
    return vectors.reduce((sum, vector, i) => sum + weights[i]! * vector[index % width]!, 0);
  });
}

/** Log-probabilities by the chain, written after the words of the manifest; undefined without one. */
function openChain(folder: string, manifest: ExportedManifest) {
  const { history, items } = manifest;
  const chain = history.events?.chain;
  if (chain === undefined) return undefined;
  const lengths = readIntegers(folder, chain.lengths.file);
  const successors = readIntegers(folder, chain.successors.file);
  const weights = readFloats(folder, chain.weights.file);
  const startOf = (row: number) => lengths.subarray(0, row).reduce((sum, one) => sum + one, 0);
  return (events: readonly number[], candidates: readonly number[]): number[] => {
    if (events.length === 0) return candidates.map(() => 0);
    const scores = new Float64Array(lengths.length);
    for (const [age, event] of events.toReversed().slice(0, chain.window).entries()) {
      const start = startOf(event);
      for (let at = start; at < start + lengths[event]!; at++)
        scores[successors[at]!]! += chain.decay ** age * weights[at]!;
    }
    const sum = scores.reduce((a, b) => a + b, 0);
    return candidates.map((row) => {
      const share = items.shares![row]!;
      const score = scores[items.eventRows![row]!] ?? 0;
      const mixed = ((1 - chain.popularityShare) * score) / sum + chain.popularityShare * share;
      return Math.log(sum === 0 ? share : mixed);
    });
  };
}

/** An exported folder opened in ONNX Runtime Web as a program outside of Recurve would: by its manifest and files alone. */
export async function openExported(folder: string) {
  const manifest = readManifest(folder);
  const encoder = await openModel(folder, manifest.encoder);
  const scorer = await openModel(folder, manifest.scorer);
  const width = manifest.items.embeddings.shape[2]!;
  const embeddings = readFloats(folder, manifest.items.embeddings.file);
  const biases = readFloats(folder, manifest.items.biases.file);
  const chainOf = openChain(folder, manifest);
  const rowOf = (itemId: string) => Math.max(0, manifest.items.ids.indexOf(itemId));
  const vectorOf = (itemId: string) =>
    embeddings.subarray(rowOf(itemId) * width, (rowOf(itemId) + 1) * width);

  const { inputs } = manifest.encoder;
  function feed(state: ExportedState): Record<string, Tensor> {
    const history = state.history.slice(-manifest.history.length);
    const tokens = contextTokens(state.context, state.userAttributes);
    const padded = (values: readonly number[]) =>
      Array.from({ length: manifest.features.limit }, (_, slot) => values[slot] ?? 0);
    const signals = signalsOf(manifest, history);
    const vectors = history.map(({ itemId }) => vectorOf(itemId));
    const pooledWidth = Number(inputs.find(({ name }) => name === "pooled")!.shape[2]) / 4;
    const arrays: Record<string, Float32Array | Int32Array> = {
      pooled: poolHistory(vectors, signals, pooledWidth),
      contextTokens: Int32Array.from(padded(tokens.map(({ index }) => index))),
      contextWeights: Float32Array.from(padded(tokens.map(({ weight }) => weight))),
      ...feedEvents(manifest, state.history),
    };
    return Object.fromEntries(
      inputs.map(({ name, type, shape }) => [
        name,
        new Tensor(type as "float32", arrays[name] as Float32Array, shape as number[]),
      ]),
    );
  }

  return {
    manifest,
    async logits(state: ExportedState, candidates: readonly string[]): Promise<Float32Array> {
      const { encoded } = await encoder.run(feed(state));
      const chosen = candidates.flatMap((candidate) => [...vectorOf(candidate)]);
      const ofChain = chainOf?.(newestRows(manifest, state.history), candidates.map(rowOf));
      const { logits } = await scorer.run({
        ...(ofChain && { chain: new Tensor("float32", ofChain, [1, 1, candidates.length]) }),
        encoded: encoded!,
        embeddings: new Tensor("float32", chosen, [1, candidates.length, width]),
        biases: new Tensor(
          "float32",
          candidates.map((candidate) => biases[rowOf(candidate)]!),
          [1, 1, candidates.length],
        ),
      });
      return logits!.data as Float32Array;
    },
  };
}
