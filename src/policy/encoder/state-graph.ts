import { add } from "../../tensor/arithmetic.ts";
import { constant, type Graph, input, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { encodeNewest } from "../transformer/encoder.ts";
import { type TransformerModel, transformerParameters } from "../transformer/parameters.ts";

/** Newest events of each state, [rows, length] each: the newest in the last cell. */
export interface NewestFeeds {
  /** Row of the event's item in the encoder's table. */
  readonly events: Int32Array;
  /** 0 for the oldest event that is looked at, 1 for the next …; 0 before it. */
  readonly places: Int32Array;
  /** 1 for an event and in the last cell, 0 before the first event. */
  readonly segments: Int32Array;
}

export function createNewestFeeds(rows: number, length: number): NewestFeeds {
  const cells = rows * length;
  return {
    events: new Int32Array(cells),
    places: new Int32Array(cells),
    segments: Int32Array.from({ length: cells }, (_, cell) => ((cell + 1) % length === 0 ? 1 : 0)),
  };
}

/** Writes at most `length` items, oldest first, as row `row`. */
export function writeNewest(
  feeds: NewestFeeds,
  items: readonly number[],
  { row, length }: { readonly row: number; readonly length: number },
): void {
  const start = (row + 1) * length - items.length;
  for (const [place, item] of items.entries()) {
    feeds.events[start + place] = item;
    feeds.places[start + place] = place;
    feeds.segments[start + place] = 1;
  }
}

/** Adds the encoder to a graph, with its parameters as constants: the state after the newest event, [rows, width]. */
export function buildNewestState(graph: Graph, model: TransformerModel, rows: number): Value {
  const { shape, parameters } = model;
  const values = Object.fromEntries(
    Object.entries(transformerParameters(shape)).map(([name, spec]) => [
      name,
      constant(graph, parameters[name]!, spec.shape),
    ]),
  );
  const declare = (name: string) => input(graph, name, [rows, shape.length], "int32");
  const embedded = add(
    gatherRows(values.itemTable!, declare("events")),
    gatherRows(values.positionTable!, declare("places")),
  );
  return encodeNewest(embedded, (name) => values[name]!, { shape, segments: declare("segments") });
}
