import { add } from "../tensor/arithmetic.ts";
import { embeddingBag } from "../tensor/embedding-bag.ts";
import {
  constant,
  createGraph,
  type Graph,
  input,
  type Precision,
  type Value,
} from "../tensor/graph.ts";
import { reshape, transpose } from "../tensor/layout.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import { allSlots, type TokenSlots } from "./item-features.ts";
import { type Network, type NetworkShape, parameterShapes } from "./network.ts";
import { poolCount } from "./profile.ts";

/** The parameters of a network as values of one graph: constants when serving, inputs when training. */
export type ParameterValues = Readonly<Record<string, Value>>;

export function parameterValue(values: ParameterValues, name: string): Value {
  const found = values[name];
  if (found === undefined) throw new RangeError(`the network has no parameter ${name}`);
  return found;
}

/** [rows, heads · width] → [heads, rows, width] */
export function splitHeads(
  value: Value,
  { heads, width }: Pick<NetworkShape, "heads" | "width">,
): Value {
  const [rows = 0] = value.shape;
  return transpose(reshape(value, [rows, heads, width]), [1, 0, 2]);
}

/**
 * h [heads, states, width] from the pooled history [heads, states, pools · width], the context
 * tokens that are fed and, if the network has an encoder, its states [states, stateWidth].
 */
export function stateTower(
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

/** h·e + b + u·e [heads, states, items] of every state with every item. */
const scoreAll = ({
  state,
  embedding,
  bias,
}: Readonly<Record<"state" | "embedding" | "bias", Value>>): Value =>
  add(matmul(state, transpose(embedding, [0, 2, 1])), bias);

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
