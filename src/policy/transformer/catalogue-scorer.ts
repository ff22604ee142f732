import { constant, createGraph, input } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { reshape, transpose } from "../../tensor/layout.ts";
import { matmul } from "../../tensor/linear-algebra.ts";
import { createSession } from "../../tensor/session.ts";
import { createEncoder, declareHistories } from "./encoder.ts";
import { createHistoryFeeds, writeHistory } from "./history-batch.ts";
import { type TransformerModel, transformerParameters } from "./parameters.ts";

/** A network ready to score histories. It owns native memory: close it. */
export interface CatalogueScorer {
  /**
   * For each history, items oldest first, a score of every item of the catalogue as the next one; higher is likelier. Of
   * a history the newest `shape.length` items count.
   *
   * @throws RangeError on an empty history or an item outside the catalogue
   */
  score(histories: readonly ArrayLike<number>[]): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

export interface ScorerOptions {
  /** Histories encoded by one run of the network, default 1; more are faster together. */
  readonly rows?: number;
  /** Threads within an operation, default 1. */
  readonly threads?: number;
}

export async function createCatalogueScorer(
  model: TransformerModel,
  { rows = 1, threads = 1 }: ScorerOptions = {},
): Promise<CatalogueScorer> {
  const session = await createScoreSession(model, rows, threads);
  const { length, items } = model.shape;
  async function scoreBatch(histories: readonly ArrayLike<number>[]) {
    const feeds = createHistoryFeeds(rows * length);
    const last = new Int32Array(rows);
    for (const [row, history] of histories.entries()) {
      const newest = Array.prototype.slice.call(history, -length) as number[];
      assertHistory(newest, items);
      writeHistory(feeds, newest, { start: row * length, segment: 1 });
      last[row] = row * length + newest.length - 1;
    }
    const { scores } = await session.run({ ...feeds, last });
    return histories.map((_, row) => scores!.subarray(row * items, (row + 1) * items));
  }
  return {
    async score(histories) {
      const scores: Float32Array[] = [];
      for (let start = 0; start < histories.length; start += rows)
        scores.push(...(await scoreBatch(histories.slice(start, start + rows))));
      return scores;
    },
    close: () => session.close(),
  };
}

function createScoreSession(
  { shape, parameters }: TransformerModel,
  rows: number,
  threads: number,
) {
  const graph = createGraph();
  const specs = Object.entries(transformerParameters(shape));
  const values = Object.fromEntries(
    specs.map(([name, spec]) => [name, constant(graph, parameters[name] ?? [], spec.shape)]),
  );
  const states = createEncoder(
    values,
    shape,
  )(declareHistories(graph, { rows, length: shape.length }));
  const cells = reshape(states, [rows * shape.length, shape.width]);
  const newest = gatherRows(cells, input(graph, "last", [rows], "int32"));
  const scores = matmul(newest, transpose(values.itemTable!, [1, 0]));
  return createSession(graph, { scores }, { threads });
}

function assertHistory(history: readonly number[], items: number): void {
  if (history.length === 0) throw new RangeError("a history must have an item, got none");
  const stranger = history.find((item) => !(Number.isInteger(item) && item >= 0 && item < items));
  if (stranger !== undefined)
    throw new RangeError(`items must be integers in [0, ${items}), got ${stranger}`);
}
