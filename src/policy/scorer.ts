import { createSession } from "../tensor/session.ts";
import type { Representation } from "./fast-loop/features.ts";
import { createEntryFeeds, encodedLength, writeEntries } from "./history-encoder.ts";
import { createItemEmbedder, type ItemVector } from "./item-embedder.ts";
import { maxContextTokens } from "./item-features.ts";
import type { Network } from "./network.ts";
import type { ItemView, PolicyState } from "./policy.ts";
import { poolCount, poolWeights } from "./profile.ts";
import { stateGraph } from "./towers.ts";

/** A state with candidates whose scores are asked for. */
export interface ScoreRequest {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
}

/** Runs a network forward: items are embedded once a revision, states a batch at a time. */
export interface Scorer {
  /** For each request and head f(s, a) of the candidates. */
  score(requests: readonly ScoreRequest[]): Promise<Float64Array[][]>;
  /** f of the first head, with the h and e that it is made of. */
  represent(request: ScoreRequest): Promise<Representation>;
  close(): Promise<void>;
}

function dot(
  left: Float32Array,
  leftStart: number,
  right: Float32Array,
  rightStart: number,
  width: number,
) {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += left[leftStart + i]! * right[rightStart + i]!;
  return sum;
}

export async function createScorer(
  network: Network,
  options: { readonly batchStates: number; readonly threads: number },
): Promise<Scorer> {
  const { heads, width } = network.shape;
  const { batchStates, threads } = options;
  const embedder = await createItemEmbedder(network, threads);
  const states = stateGraph(network, batchStates);
  const stateSession = await createSession(states.graph, states.outputs, { threads });
  // Weak: a revision that the catalogue has dropped is dropped here too.
  const vectors = new WeakMap<ItemView, ItemVector>();

  async function embed(requests: readonly ScoreRequest[]): Promise<void> {
    const missing = new Set<ItemView>();
    const look = (view: ItemView) => {
      if (!vectors.has(view)) missing.add(view);
    };
    for (const { state, candidates } of requests) {
      state.history.forEach(look);
      candidates.forEach(look);
    }
    const views = [...missing];
    const embedded = await embedder.embed(views);
    for (const [index, view] of views.entries()) vectors.set(view, embedded[index]!);
  }

  function poolHistory({ profile, history }: PolicyState, pooled: Float32Array, index: number) {
    const own = history.map((view) => vectors.get(view)!);
    const weights = poolWeights(profile.signals);
    for (let pool = 0; pool < poolCount; pool++) {
      for (let head = 0; head < heads; head++) {
        const start = ((head * batchStates + index) * poolCount + pool) * width;
        for (let entry = 0; entry < own.length; entry++) {
          const vector = own[entry]!;
          const weight = weights[pool]![entry]!;
          for (let i = 0; i < width; i++) pooled[start + i]! += weight * vector[head * width + i]!;
        }
      }
    }
  }

  /** h of each state: heads × width numbers, head h of state i at (h · batchStates + i) · width. */
  async function encode(states: readonly PolicyState[]): Promise<Float32Array> {
    const pooled = new Float32Array(heads * batchStates * poolCount * width);
    const contextTokens = new Int32Array(batchStates * maxContextTokens);
    const contextWeights = new Float32Array(batchStates * maxContextTokens);
    const entries = new Float32Array(batchStates * encodedLength * width);
    const entryFeeds = createEntryFeeds(batchStates);
    for (const [index, state] of states.entries()) {
      poolHistory(state, pooled, index);
      writeEntries(entryFeeds, state, index, (cell, entry) => {
        const vector = vectors.get(state.history[entry]!)!;
        entries.set(vector.subarray(0, width), cell * width);
      });
      for (const [slot, token] of state.profile.tokens.entries()) {
        contextTokens[index * maxContextTokens + slot] = token.index;
        contextWeights[index * maxContextTokens + slot] = token.weight;
      }
    }
    const { encoded } = await stateSession.run({
      pooled,
      contextTokens,
      contextWeights,
      entries,
      ...entryFeeds,
    });
    return encoded!;
  }

  function scoreOne(request: ScoreRequest, encoded: Float32Array, index: number): Float64Array[] {
    const own = request.candidates.map((view) => vectors.get(view)!);
    const all = new Float64Array(heads * own.length);
    return Array.from({ length: heads }, (_, head) => {
      const start = (head * batchStates + index) * width;
      const scores = all.subarray(head * own.length, (head + 1) * own.length);
      for (let a = 0; a < own.length; a++) {
        const vector = own[a]!;
        scores[a] =
          dot(encoded, start, vector, head * width, width) + vector[heads * width + head]!;
      }
      return scores;
    });
  }

  return {
    score: async (requests) => {
      await embed(requests);
      const states = [...new Set(requests.map(({ state }) => state))];
      const byState = new Map<PolicyState, ScoreRequest[]>(states.map((state) => [state, []]));
      const results = new Map<ScoreRequest, Float64Array[]>();
      for (const request of requests) byState.get(request.state)!.push(request);
      for (let start = 0; start < states.length; start += batchStates) {
        const chunk = states.slice(start, start + batchStates);
        const encoded = await encode(chunk);
        for (const [index, state] of chunk.entries()) {
          for (const request of byState.get(state)!)
            results.set(request, scoreOne(request, encoded, index));
        }
      }
      return requests.map((request) => results.get(request)!);
    },
    represent: async (request) => {
      await embed([request]);
      const encoded = await encode([request.state]);
      return {
        state: encoded.subarray(0, width),
        items: request.candidates.map((view) => vectors.get(view)!.subarray(0, width)),
        logits: scoreOne(request, encoded, 0)[0]!,
      };
    },
    close: async () => {
      await embedder.close();
      await stateSession.close();
    },
  };
}
