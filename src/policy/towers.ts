import { add, multiply } from "../tensor/arithmetic.ts";
import { sum } from "../tensor/broadcasting.ts";
import { embeddingBag } from "../tensor/embedding-bag.ts";
import {
  constant,
  createGraph,
  type Graph,
  input,
  type Precision,
  type Value,
} from "../tensor/graph.ts";
import { gatherRows } from "../tensor/indexing.ts";
import { reshape, slice, transpose } from "../tensor/layout.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import { allSlots, type TokenSlots } from "./item-features.ts";
import { type Network, type NetworkShape, parameterShapes } from "./network.ts";
import { poolCount } from "./profile.ts";

/** The parameters of a network as values of one graph: constants when serving, inputs when training. */
export type ParameterValues = Readonly<Record<string, Value>>;

function parameterValue(values: ParameterValues, name: string): Value {
  const found = values[name];
  if (found === undefined) throw new RangeError(`the network has no parameter ${name}`);
  return found;
}

/** [rows, heads · width] → [heads, rows, width] */
function splitHeads(value: Value, { heads, width }: Pick<NetworkShape, "heads" | "width">): Value {
  const [rows = 0] = value.shape;
  return transpose(reshape(value, [rows, heads, width]), [1, 0, 2]);
}

/** Which items of a batch a tower embeds, as their inputs begin. */
type FedItems = "item" | "candidate";

interface ItemTowerOptions {
  readonly shape: NetworkShape;
  readonly items: number;
  readonly slots: TokenSlots;
  /** Default: `item`. */
  readonly fed?: FedItems;
}

/** V·t [items, heads · width] of the text vectors that are fed. */
function textPart(
  graph: Graph<Precision>,
  values: ParameterValues,
  { shape, items, fed = "item" }: ItemTowerOptions,
): Value {
  const texts = input(graph, `${fed}Texts`, [items, shape.text?.width ?? 0]);
  return matmul(texts, parameterValue(values, "textWeights"));
}

/** e [heads, items, width], the same as [items, heads · width], and b + u·e [heads, 1, items] of the items that are fed. */
function itemTower(
  graph: Graph<Precision>,
  values: ParameterValues,
  options: ItemTowerOptions,
): { readonly embedding: Value; readonly rows: Value; readonly bias: Value } {
  const { shape, items, slots, fed = "item" } = options;
  const ids = input(graph, `${fed}Rows`, [items], "int32");
  const tokens = input(graph, `${fed}Tokens`, [items, slots.item], "int32");
  const weights = input(graph, `${fed}TokenWeights`, [items, slots.item]);
  const features = embeddingBag(parameterValue(values, "itemTokenTable"), tokens, weights);
  const own = add(gatherRows(parameterValue(values, "itemTable"), ids), features);
  const rows = shape.text ? add(own, textPart(graph, values, options)) : own;
  const embedding = splitHeads(rows, shape);
  const perItem = gatherRows(parameterValue(values, "itemBias"), ids);
  const linear = matmul(embedding, parameterValue(values, "itemWeights"));
  const bias = add(
    reshape(transpose(perItem, [1, 0]), [shape.heads, 1, items]),
    reshape(linear, [shape.heads, 1, items]),
  );
  return { embedding, rows, bias };
}

/**
 * h [heads, states, width] from the pooled history [heads, states, pools · width], the context
 * tokens that are fed and, if the network has an encoder, its states [states, stateWidth].
 */
function stateTower(
  graph: Graph<Precision>,
  values: ParameterValues,
  options: {
    readonly shape: NetworkShape;
    readonly slots: TokenSlots;
    readonly pooled: Value;
    /** Default: fed as `encodedStates`. */
    readonly encoded?: Value;
  },
): Value {
  const { shape, slots, pooled } = options;
  const [, states = 0] = pooled.shape;
  const tokens = input(graph, "contextTokens", [states, slots.context], "int32");
  const weights = input(graph, "contextWeights", [states, slots.context]);
  const context = splitHeads(
    embeddingBag(parameterValue(values, "contextTable"), tokens, weights),
    shape,
  );
  const history = matmul(pooled, parameterValue(values, "stateWeights"));
  const state = add(add(history, context), parameterValue(values, "stateBias"));
  if (shape.stateWidth === undefined) return state;
  const { encoded = input(graph, "encodedStates", [states, shape.stateWidth]) } = options;
  return add(state, matmul(encoded, parameterValue(values, "encodedWeights")));
}

/** Parts of a batch's scores: h, e and b + u·e. */
export interface Towers {
  /** [heads, states, width] */
  readonly state: Value;
  /** [heads, items, width] */
  readonly embedding: Value;
  /** The same as [items, heads · width]. */
  readonly rows: Value;
  /** [heads, 1, items] */
  readonly bias: Value;
  /** κ [heads, 1, 1]; absent without an encoder. */
  readonly logOddsWeights?: Value;
}

/**
 * The states of a batch, and the items that their histories hold or their rows show: training
 * differentiates these.
 */
export function batchTowers(
  graph: Graph<Precision>,
  values: ParameterValues,
  options: {
    readonly shape: NetworkShape;
    readonly states: number;
    readonly items: number;
    readonly slots: TokenSlots;
  },
): Towers {
  const { shape, slots, states, items } = options;
  const { embedding, rows, bias } = itemTower(graph, values, options);
  const pools = input(graph, "pools", [states * poolCount, items]);
  // One product for all heads: a narrow one for each takes three times as long.
  const pooled = reshape(splitHeads(matmul(pools, rows), shape), [
    shape.heads,
    states,
    poolCount * shape.width,
  ]);
  return {
    state: stateTower(graph, values, { shape, slots, pooled }),
    embedding,
    rows,
    bias,
    ...(values.logOddsWeights && { logOddsWeights: values.logOddsWeights }),
  };
}

/** h·e + b + u·e [heads, states, items] of every state with every item. */
const scoreAll = ({
  state,
  embedding,
  bias,
}: Pick<Towers, "state" | "embedding" | "bias">): Value =>
  add(matmul(state, transpose(embedding, [0, 2, 1])), bias);

/** Parameters of one head that the item tower and ℓ read: tables hold the heads side by side in a row. */
function headValues(
  values: ParameterValues,
  { heads, width }: NetworkShape,
  head: number,
): ParameterValues {
  if (heads === 1) return values;
  const columns = { itemTable: width, itemTokenTable: width, textWeights: width, itemBias: 1 };
  const cut = (name: string, axis: number, size: number) =>
    values[name] && {
      [name]: slice(values[name], { axis, start: head * size, end: (head + 1) * size }),
    };
  return {
    ...Object.assign({}, ...Object.entries(columns).map(([name, size]) => cut(name, 1, size))),
    ...cut("itemWeights", 0, 1),
    ...cut("logOddsWeights", 0, 1),
  };
}

/**
 * f [states, candidates] = κ·ℓ + h·e + b + u·e of each state with its own candidates under one head. Its distinct items are fed as
 * `candidateRows` and the like. All states are multiplied with all of them, which costs less than a row gathered for each
 * candidate. Then `cells` picks state · items + item, int32 [states · candidates]. With an encoder ℓ is fed as `logOdds`.
 * @param options.state h of the head [1, states, width]
 */
export function scoreCandidates(
  graph: Graph<Precision>,
  values: ParameterValues,
  options: {
    readonly shape: NetworkShape;
    readonly head: number;
    readonly state: Value;
    readonly candidates: number;
    readonly items: number;
    readonly slots: TokenSlots;
  },
): Value {
  const { state, candidates, items, slots } = options;
  const [, states = 0] = state.shape;
  const own = headValues(values, options.shape, options.head);
  const shape = { ...options.shape, heads: 1 };
  const tower = itemTower(graph, own, { shape, items, slots, fed: "candidate" });
  const all = reshape(scoreAll({ state, ...tower }), [states * items, 1]);
  const cells = input(graph, "cells", [states * candidates], "int32");
  const scores = reshape(gatherRows(all, cells), [states, candidates]);
  if (own.logOddsWeights === undefined) return scores;
  const logOdds = input(graph, "logOdds", [states, candidates]);
  return add(scores, multiply(reshape(own.logOddsWeights, [1, 1]), logOdds));
}

/**
 * f [heads, rows] of each row with the item that it shows: `stateOf` and `shown`, int32 [rows], are the places of its state and of
 * the item. With an encoder their ℓ is fed as `shownLogOdds` [1, rows].
 */
export function scoreShown(towers: Towers, rows: number): Value {
  const { state, rows: embeddings, bias, logOddsWeights } = towers;
  const { graph } = state;
  const [heads = 0, , width = 0] = state.shape;
  const [, , items = 0] = bias.shape;
  const stateOf = input(graph, "stateOf", [rows], "int32");
  const shown = input(graph, "shown", [rows], "int32");
  const byState = gatherRows(transpose(state, [1, 0, 2]), stateOf);
  const embedding = reshape(gatherRows(embeddings, shown), [rows, heads, width]);
  const own = sum(multiply(byState, embedding), { axes: [2] });
  const ownBias = gatherRows(transpose(reshape(bias, [heads, items]), [1, 0]), shown);
  const found = transpose(add(own, reshape(ownBias, [rows, heads])), [1, 0]);
  if (logOddsWeights === undefined) return found;
  const logOdds = input(graph, "shownLogOdds", [1, rows]);
  return add(found, multiply(reshape(logOddsWeights, [heads, 1]), logOdds));
}

function constants(graph: Graph<Precision>, network: Network): ParameterValues {
  const shapes = parameterShapes(network.shape, network.itemIds.length);
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const values = network.parameters[name];
    if (values === undefined) throw new RangeError(`the network has no parameter ${name}`);
    return [name, constant(graph, values, shape)] as const;
  });
  return Object.fromEntries(entries);
}

/** A graph with its results by name: made into a session to serve, into a file to export. */
export interface NetworkGraph {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Encodes `states` states a run from their pooled histories: output `encoded`.
 * @param options.encode makes an encoder's states in the same graph; default: they are fed
 */
export function stateGraph(
  network: Network,
  states: number,
  options: { readonly encode?: (graph: Graph) => Value } = {},
): NetworkGraph {
  const graph = createGraph();
  const made = options.encode?.(graph);
  const { shape } = network;
  const pooled = input(graph, "pooled", [shape.heads, states, poolCount * shape.width]);
  const encoded = stateTower(graph, constants(graph, network), {
    shape,
    slots: allSlots,
    pooled,
    ...(made && { encoded: made }),
  });
  return { graph, outputs: { encoded } };
}

/**
 * Scores items that are embedded for one state that is encoded: output `logits`.
 * @param states whose graph is continued with its state; default: the state is fed
 */
export function scoreGraph(
  { heads, width }: NetworkShape,
  items: number,
  states?: NetworkGraph,
): NetworkGraph {
  const graph = states?.graph ?? createGraph();
  const state = states?.outputs.encoded ?? input(graph, "encoded", [heads, 1, width]);
  const embedding = input(graph, "embeddings", [heads, items, width]);
  const bias = input(graph, "biases", [heads, 1, items]);
  return { graph, outputs: { logits: scoreAll({ state, embedding, bias }) } };
}
