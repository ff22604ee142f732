import { add } from "../../tensor/arithmetic.ts";
import type { WatchAttention } from "../../tensor/attention.ts";
import { constant, type Graph, input, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { encodeNewest } from "../transformer/encoder.ts";
import { type TransformerModel, transformerParameters } from "../transformer/parameters.ts";
import type { TransformerShape } from "../transformer/shape.ts";

/** Newest events of each state, embedded: the newest in the last cell. */
export interface NewestFeeds {
  /** [rows, length, width]: embedding of the event's item and of its place; 0 before the first event. */
  readonly embedded: Float32Array;
  /** [rows, length]: 1 for an event and in the last cell, 0 before the first event. */
  readonly segments: Int32Array;
}

export function createNewestFeeds(
  rows: number,
  { length, width }: Pick<TransformerShape, "length" | "width">,
): NewestFeeds {
  const cells = rows * length;
  return {
    embedded: new Float32Array(cells * width),
    segments: Int32Array.from({ length: cells }, (_, cell) => ((cell + 1) % length === 0 ? 1 : 0)),
  };
}

/** Writes at most `length` items, oldest first, as row `row`. */
export function writeNewest(
  { embedded, segments }: NewestFeeds,
  { shape: { width, length }, parameters }: TransformerModel,
  { row, items }: { readonly row: number; readonly items: readonly number[] },
): void {
  const { itemTable, positionTable } = parameters;
  const start = (row + 1) * length - items.length;
  for (let place = 0; place < items.length; place++) {
    const cell = (start + place) * width;
    const item = items[place]! * width;
    // Rounded to float32 once, as the graph's own sum.
    for (let i = 0; i < width; i++)
      embedded[cell + i] = itemTable![item + i]! + positionTable![place * width + i]!;
    segments[start + place] = 1;
  }
}

/** Parameters as constants, each when it is first asked for. */
function createConstants(graph: Graph, { shape, parameters }: TransformerModel) {
  const specs = transformerParameters(shape);
  const made = new Map<string, Value>();
  return (name: string): Value => {
    const value = made.get(name) ?? constant(graph, parameters[name]!, specs[name]!.shape);
    made.set(name, value);
    return value;
  };
}

/**
 * Adds the encoder to a graph, with its blocks' parameters as constants: the state after the newest event, [rows, width]. The item
 * table is no part of it, so that a session of each number of rows does not hold it again.
 */
export function buildEmbeddedState(
  graph: Graph,
  model: TransformerModel,
  { rows, watch }: { readonly rows: number; readonly watch?: WatchAttention },
): Value {
  const { shape } = model;
  const embedded = input(graph, "embedded", [rows, shape.length, shape.width]);
  const segments = input(graph, "segments", [rows, shape.length], "int32");
  return encodeNewest(embedded, createConstants(graph, model), { shape, segments, watch });
}

/**
 * The same of events by the rows of their items in the table and by their places, which it looks up
 * itself: an exported encoder is whole.
 */
export function buildNewestState(graph: Graph, model: TransformerModel, rows: number): Value {
  const { shape } = model;
  const parameterOf = createConstants(graph, model);
  const declare = (name: string) => input(graph, name, [rows, shape.length], "int32");
  const embedded = add(
    gatherRows(parameterOf("itemTable"), declare("events")),
    gatherRows(parameterOf("positionTable"), declare("places")),
  );
  return encodeNewest(embedded, parameterOf, { shape, segments: declare("segments") });
}
