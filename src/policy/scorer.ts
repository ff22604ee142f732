import { multiplyRows } from "../numeric/multiply-rows.ts";
import { packVectors, type VectorRows } from "../numeric/vector-rows.ts";
import { createBestFinder } from "./best-finder.ts";
import type { Encoder } from "./encoder/encoder.ts";
import type { Representation } from "./fast-loop/basis.ts";
import { createItemEmbedder } from "./item-embedder.ts";
import { rowsOf } from "./item-rows.ts";
import { createItemTable, type ItemTable } from "./item-table.ts";
import { measureLikeness } from "./likeness.ts";
import type { Network } from "./network.ts";
import { groundOf, hasOneState } from "./network-ground.ts";
import type { BestWanted, ItemView, PolicyState } from "./policy.ts";
import { createStateEncoder, type StateEncoder } from "./state-encoder.ts";

/** A state with candidates whose scores are asked for. */
export interface ScoreRequest {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
}

/** Runs a network forward: items are embedded once a revision, states a batch at a time. */
export interface Scorer {
  /** For each request and head f(s, a) of the candidates. */
  score(requests: readonly ScoreRequest[]): Promise<Float64Array[][]>;
  /** See `Policy.findBest`; of a network with one head. */
  findBest(request: ScoreRequest, wanted: BestWanted): Promise<ArrayLike<number> | undefined>;
  /** f of the first head, with u and e of the encoder, or without one the h and e that it is made of. Popularity has a likeness too. */
  represent(request: ScoreRequest): Promise<Representation>;
  close(): Promise<void>;
}

const placeBy = (encoder: Encoder, { state, candidates }: ScoreRequest) => ({
  state: encoder.stateOf(state),
  items: packVectors(candidates.map((view) => encoder.vectorOf(view))),
});

/** Of popularity, whose state is that of all users. */
function likenessOf(isPopularity: boolean, { state, candidates }: ScoreRequest) {
  if (!isPopularity) return {};
  const itemIds = candidates.map(({ itemId }) => itemId);
  return { likeness: { itemIds, values: measureLikeness(state, candidates) } };
}

/** e of each candidate in the first head. A copy: the table gives rows of items that are gone to others. */
function ownVectors(
  { candidates }: ScoreRequest,
  { values, stride }: ItemTable,
  width: number,
): VectorRows {
  const rows = rowsOf(candidates);
  const own = new Float32Array(rows.length * width);
  for (let at = 0; at < rows.length; at++) {
    const start = rows[at]! * stride;
    for (let i = 0; i < width; i++) own[at * width + i] = values[start + i]!;
  }
  return { values: own, width };
}

function addScaled(scores: Float64Array, weight: number, added: Float64Array): Float64Array {
  for (let a = 0; a < scores.length; a++) scores[a]! += weight * added[a]!;
  return scores;
}

/** ℓ of a request's candidates. */
type LogOddsOf = (encoder: Encoder, request: ScoreRequest) => Float64Array;

const workOutLogOdds: LogOddsOf = (encoder, { state, candidates }) =>
  encoder.logOdds(state, candidates);

/** κ·ℓ + h·e + b + u·e of a request's candidates, by head. */
function scoreHeads(
  { shape: { heads, width }, parameters, encoder }: Network,
  { state, candidates }: ScoreRequest,
  {
    items,
    stateOf,
    logOddsOf,
  }: {
    readonly items: ItemTable;
    readonly stateOf: (head: number) => Float32Array;
    readonly logOddsOf: LogOddsOf;
  },
): Float64Array[] {
  const rows = rowsOf(candidates);
  const all = new Float64Array(heads * rows.length);
  const logOdds = encoder && logOddsOf(encoder, { state, candidates });
  const { values, stride } = items;
  return Array.from({ length: heads }, (_, head) => {
    const scores = all.subarray(head * rows.length, (head + 1) * rows.length);
    const matrix = { values, stride, start: head * (width + 1) };
    // The last column is the bias.
    multiplyRows(matrix, rows, Float64Array.of(...stateOf(head), 1), scores);
    return logOdds ? addScaled(scores, parameters.logOddsWeights![head]!, logOdds) : scores;
  });
}

/** One request asks for the same state several times. Of a network with one state it is worked out once. */
function createAlone(network: Network, encoder: StateEncoder) {
  if (hasOneState(network)) {
    let ofAll: Promise<Float32Array> | undefined;
    return (state: PolicyState): Promise<Float32Array> => {
      ofAll ??= encoder.encode([state]).catch((error) => {
        ofAll = undefined;
        throw error;
      });
      return ofAll;
    };
  }
  const alone = new WeakMap<PolicyState, Promise<Float32Array>>();
  return (state: PolicyState): Promise<Float32Array> => {
    const encoded = alone.get(state) ?? encoder.encode([state]);
    alone.set(state, encoded);
    return encoded;
  };
}

interface ScorerOptions {
  readonly batchStates: number;
  readonly threads: number;
  /** Default: worked out for each request, of which nothing is kept. */
  readonly logOddsOf?: LogOddsOf;
}

export async function createScorer(network: Network, options: ScorerOptions): Promise<Scorer> {
  const { width } = network.shape;
  const { batchStates, threads, logOddsOf = workOutLogOdds } = options;
  const embedder = await createItemEmbedder(network, threads);
  const items = createItemTable(embedder, network.shape);
  const encoder = await createStateEncoder(network, { ...options, items });

  const encodeAlone = createAlone(network, encoder);
  const bestFinder = createBestFinder(network, items);
  const { isPopularity } = groundOf(network);

  const load = (requests: readonly ScoreRequest[]) =>
    items.load(requests.flatMap(({ state, candidates }) => [state.history, candidates]));
  const scoreOne = (request: ScoreRequest, encoded: Float32Array, index: number) => {
    const stateOf = (head: number) => {
      const start = (head * batchStates + index) * width;
      return encoded.subarray(start, start + width);
    };
    return scoreHeads(network, request, { items, stateOf, logOddsOf });
  };

  return {
    score: async (requests) => {
      await load(requests);
      const states = [...new Set(requests.map(({ state }) => state))];
      const byState = new Map<PolicyState, ScoreRequest[]>(states.map((state) => [state, []]));
      const results = new Map<ScoreRequest, Float64Array[]>();
      for (const request of requests) byState.get(request.state)!.push(request);
      for (let start = 0; start < states.length; start += batchStates) {
        const chunk = states.slice(start, start + batchStates);
        const encoded = await (batchStates === 1 ? encodeAlone(chunk[0]!) : encoder.encode(chunk));
        for (const [index, state] of chunk.entries()) {
          for (const request of byState.get(state)!)
            results.set(request, scoreOne(request, encoded, index));
        }
      }
      return requests.map((request) => results.get(request)!);
    },
    findBest: async ({ state, candidates }, wanted) => {
      if (!bestFinder.isWorth(candidates)) return undefined;
      await items.load([state.history, wanted.less?.history ?? [], candidates]);
      return bestFinder.find(candidates, { state, encodeAlone }, wanted);
    },
    represent: async (request) => {
      await load([request]);
      const encoded = await encodeAlone(request.state);
      const logits = scoreOne(request, encoded, 0)[0]!;
      const placed = network.encoder
        ? placeBy(network.encoder, request)
        : { state: encoded.subarray(0, width), items: ownVectors(request, items, width) };
      return { ...placed, logits, ...likenessOf(isPopularity, request) };
    },
    close: async () => {
      await embedder.close();
      await encoder.close();
      await bestFinder.close();
    },
  };
}
