import { add, multiply } from "../tensor/arithmetic.ts";
import { sum } from "../tensor/broadcasting.ts";
import { embeddingBag } from "../tensor/embedding-bag.ts";
import { type Graph, input, type Precision, type Value } from "../tensor/graph.ts";
import { gatherRows } from "../tensor/indexing.ts";
import { reshape, slice, transpose } from "../tensor/layout.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import type { TokenSlots } from "./item-features.ts";
import type { NetworkShape } from "./network.ts";
import { poolCount } from "./profile.ts";
import { type ParameterValues, parameterValue, splitHeads, stateTower } from "./towers.ts";

// What training differentiates. An item's e is a sum of table rows, so that products with it are sums of products with the rows: no
// item of a batch is embedded but the shown ones, and a batch costs the same however few candidates its slates share.

/** Sizes of a batch that its towers read. */
export interface TowerSizes {
  readonly rows: number;
  readonly states: number;
  /** Of the slate with the most of them. */
  readonly candidates: number;
  /** Distinct candidates; read only if they have texts. */
  readonly items: number;
  /** Distinct rows of the item table that the histories' items, and that the candidates have. */
  readonly historyRows: number;
  readonly candidateRows: number;
  /** Rows of the item token table. */
  readonly tokens: number;
  readonly slots: TokenSlots;
}

interface TowerOptions extends TowerSizes {
  readonly shape: NetworkShape;
}

/** V·t of the text vectors that are fed; undefined if the network reads no texts. */
function textParts(
  graph: Graph<Precision>,
  values: ParameterValues,
  { name, count, shape }: { name: string; count: number; shape: NetworkShape },
): Value | undefined {
  if (shape.text === undefined) return undefined;
  const texts = input(graph, name, [count, shape.text.width]);
  return matmul(texts, parameterValue(values, "textWeights"));
}

const addIf = (value: Value, more: Value | undefined) => (more ? add(value, more) : value);

/**
 * h [heads, states, width] of a batch's states. Each history is fed by its pools' weights of table rows and tokens, and the pools of
 * its texts.
 */
export function batchStates(
  graph: Graph<Precision>,
  values: ParameterValues,
  { shape, states, historyRows, tokens, slots }: TowerOptions,
): Value {
  const count = states * poolCount;
  const rows = input(graph, "historyRows", [historyRows], "int32");
  const own = matmul(
    input(graph, "rowPools", [count, historyRows]),
    gatherRows(parameterValue(values, "itemTable"), rows),
  );
  const features = matmul(
    input(graph, "tokenPools", [count, tokens]),
    parameterValue(values, "itemTokenTable"),
  );
  const texts = textParts(graph, values, { name: "textPools", count, shape });
  const all = splitHeads(addIf(add(own, features), texts), shape);
  const pooled = reshape(all, [shape.heads, states, poolCount * shape.width]);
  return stateTower(graph, values, { shape, slots, pooled });
}

/** Parameters of one head that scores read: tables hold the heads side by side in a row. */
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

/** Products of each state with each row of a table [rows, width], as a column that `cells` are read from. */
function productsAt(
  { vectors, table, bias }: { vectors: Value; table: Value; bias?: Value },
  cells: Value,
): Value {
  const products = addIf(matmul(vectors, transpose(table, [1, 0])), bias);
  const [states = 0, rows = 0] = products.shape;
  return reshape(gatherRows(reshape(products, [states * rows, 1]), cells), cells.shape);
}

/**
 * The score f [states, candidates] = κ·ℓ + (h + u)·e + b of each state with its own candidates under one head. Distinct rows of the
 * item table are fed as `candidateRows`. The cells say which of the products each candidate reads. In `rowCells`, int32
 * [states · candidates], they are state · candidateRows + row; in `tokenCells` [slots, states · candidates], state · tokens + token.
 * With texts `textCells` are state · items + item. With an encoder ℓ is fed as `logOdds`.
 * @param options.state h of the head [1, states, width]
 */
export function scoreCandidates(
  graph: Graph<Precision>,
  values: ParameterValues,
  options: TowerOptions & { readonly head: number; readonly state: Value },
): Value {
  const { state, states, candidates, items, slots, shape } = options;
  const { width } = shape;
  const count = states * candidates;
  const own = headValues(values, shape, options.head);
  const linear = reshape(parameterValue(own, "itemWeights"), [1, width]);
  const vectors = add(reshape(state, [states, width]), linear);
  const cellsOf = (name: string, dimensions: readonly number[]) =>
    input(graph, name, dimensions, "int32");
  const rows = cellsOf("candidateRows", [options.candidateRows]);
  const rowed = productsAt(
    {
      vectors,
      table: gatherRows(parameterValue(own, "itemTable"), rows),
      bias: transpose(gatherRows(parameterValue(own, "itemBias"), rows), [1, 0]),
    },
    cellsOf("rowCells", [count]),
  );
  const products = productsAt(
    { vectors, table: parameterValue(own, "itemTokenTable") },
    cellsOf("tokenCells", [slots.item, count]),
  );
  const weights = input(graph, "tokenWeights", [slots.item, count]);
  const features = sum(multiply(products, weights), { axes: [0] });
  const texts = textParts(graph, own, { name: "candidateTexts", count: items, shape });
  const read = texts && productsAt({ vectors, table: texts }, cellsOf("textCells", [count]));
  const scores = reshape(addIf(add(rowed, features), read), [states, candidates]);
  if (own.logOddsWeights === undefined) return scores;
  const logOdds = input(graph, "logOdds", [states, candidates]);
  return add(scores, multiply(reshape(own.logOddsWeights, [1, 1]), logOdds));
}

/**
 * f [heads, rows] of each row with the item that it shows: `stateOf`, int32 [rows], is the place of its state, `shownRows` the row
 * of the item in the item table, beside its tokens and text. With an encoder their ℓ is fed as `shownLogOdds` [1, rows].
 * @param options.state h [heads, states, width]
 */
export function scoreShown(
  graph: Graph<Precision>,
  values: ParameterValues,
  { shape, rows, slots, state }: TowerOptions & { readonly state: Value },
): Value {
  const { heads, width } = shape;
  const shown = input(graph, "shownRows", [rows], "int32");
  const features = embeddingBag(
    parameterValue(values, "itemTokenTable"),
    input(graph, "shownTokens", [rows, slots.item], "int32"),
    input(graph, "shownTokenWeights", [rows, slots.item]),
  );
  const own = add(gatherRows(parameterValue(values, "itemTable"), shown), features);
  const texts = textParts(graph, values, { name: "shownTexts", count: rows, shape });
  const embedding = reshape(addIf(own, texts), [rows, heads, width]);
  const stateOf = input(graph, "stateOf", [rows], "int32");
  const linear = reshape(parameterValue(values, "itemWeights"), [1, heads, width]);
  const vectors = add(gatherRows(transpose(state, [1, 0, 2]), stateOf), linear);
  const products = sum(multiply(vectors, embedding), { axes: [2] });
  const bias = gatherRows(parameterValue(values, "itemBias"), shown);
  const found = transpose(add(products, bias), [1, 0]);
  if (values.logOddsWeights === undefined) return found;
  const logOdds = input(graph, "shownLogOdds", [1, rows]);
  return add(found, multiply(reshape(values.logOddsWeights, [heads, 1]), logOdds));
}
