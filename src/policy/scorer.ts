import type { Encoder } from "./encoder/encoder.ts";
import type { Representation } from "./fast-loop/features.ts";
import { createItemEmbedder, type ItemEmbedder, type ItemVector } from "./item-embedder.ts";
import type { Network } from "./network.ts";
import type { ItemView, PolicyState } from "./policy.ts";
import { createStateEncoder } from "./state-encoder.ts";

/** A state with candidates whose scores are asked for. */
export interface ScoreRequest {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
}

/** Runs a network forward: items are embedded once a revision, states a batch at a time. */
export interface Scorer {
  /** For each request and head f(s, a) of the candidates. */
  score(requests: readonly ScoreRequest[]): Promise<Float64Array[][]>;
  /** f of the first head, with u and e of the encoder, or without one the h and e that it is made of. */
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

/** Vectors of items, each embedded when a request first has it. */
function createItemVectors(embedder: ItemEmbedder) {
  // Weak: a revision that the catalogue has dropped is dropped here too.
  const vectors = new WeakMap<ItemView, ItemVector>();
  return {
    load: async (requests: readonly ScoreRequest[]): Promise<void> => {
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
    },
    /** Of an item of a request that was loaded. */
    of: (view: ItemView): ItemVector => vectors.get(view)!,
  };
}

const placeBy = (encoder: Encoder, { state, candidates }: ScoreRequest) => ({
  state: encoder.stateOf(state),
  items: candidates.map(({ itemId }) => encoder.vectorOf(itemId)),
});

/** κ·ℓ + h·e + b + u·e of a request's candidates, by head. */
function scoreHeads(
  { shape: { heads, width }, parameters, encoder }: Network,
  { state, candidates }: ScoreRequest,
  vectors: {
    /** Of the candidates. */
    readonly own: readonly ItemVector[];
    readonly encoded: Float32Array;
    /** Place of the state's h of a head in `encoded`. */
    readonly stateAt: (head: number) => number;
  },
): Float64Array[] {
  const { own, encoded, stateAt } = vectors;
  const all = new Float64Array(heads * own.length);
  const logOdds = encoder?.logOdds(state, candidates);
  return Array.from({ length: heads }, (_, head) => {
    const start = stateAt(head);
    const weight = parameters.logOddsWeights?.[head] ?? 0;
    const scores = all.subarray(head * own.length, (head + 1) * own.length);
    for (let a = 0; a < own.length; a++) {
      const vector = own[a]!;
      scores[a] = dot(encoded, start, vector, head * width, width) + vector[heads * width + head]!;
      if (logOdds) scores[a]! += weight * logOdds[a]!;
    }
    return scores;
  });
}

export async function createScorer(
  network: Network,
  options: { readonly batchStates: number; readonly threads: number },
): Promise<Scorer> {
  const { width } = network.shape;
  const { batchStates, threads } = options;
  const embedder = await createItemEmbedder(network, threads);
  const vectors = createItemVectors(embedder);
  const encoder = await createStateEncoder(network, { ...options, vectorOf: vectors.of });

  const scoreOne = (request: ScoreRequest, encoded: Float32Array, index: number) =>
    scoreHeads(network, request, {
      own: request.candidates.map((view) => vectors.of(view)),
      stateAt: (head) => (head * batchStates + index) * width,
      encoded,
    });

  return {
    score: async (requests) => {
      await vectors.load(requests);
      const states = [...new Set(requests.map(({ state }) => state))];
      const byState = new Map<PolicyState, ScoreRequest[]>(states.map((state) => [state, []]));
      const results = new Map<ScoreRequest, Float64Array[]>();
      for (const request of requests) byState.get(request.state)!.push(request);
      for (let start = 0; start < states.length; start += batchStates) {
        const chunk = states.slice(start, start + batchStates);
        const encoded = await encoder.encode(chunk);
        for (const [index, state] of chunk.entries()) {
          for (const request of byState.get(state)!)
            results.set(request, scoreOne(request, encoded, index));
        }
      }
      return requests.map((request) => results.get(request)!);
    },
    represent: async (request) => {
      await vectors.load([request]);
      const encoded = await encoder.encode([request.state]);
      const logits = scoreOne(request, encoded, 0)[0]!;
      if (network.encoder) return { ...placeBy(network.encoder, request), logits };
      return {
        state: encoded.subarray(0, width),
        items: request.candidates.map((view) => vectors.of(view).subarray(0, width)),
        logits,
      };
    },
    close: async () => {
      await embedder.close();
      await encoder.close();
    },
  };
}
