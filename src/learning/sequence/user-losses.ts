import { createEncoder, declareHistories } from "../../policy/transformer/encoder.ts";
import { createHistoryFeeds, writeHistory } from "../../policy/transformer/history-batch.ts";
import { transformerParameters } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import type { Feeds } from "../../tensor/feed.ts";
import { type Graph, input, parameter, type Value } from "../../tensor/graph.ts";
import { reshape, slice } from "../../tensor/layout.ts";
import { linearCrossEntropy } from "../../tensor/linear-cross-entropy.ts";
import { isTarget, itemOf } from "./codes.ts";
import type { Window } from "./windows.ts";

/**
 * Next-item loss of each of some users, one window each, against the whole catalogue: negatives
 * that other users' data had a part in would not keep users apart.
 */
export function buildUserLosses(
  graph: Graph,
  network: TransformerShape,
  users: number,
): { readonly losses: readonly Value[]; readonly parameters: readonly Value[] } {
  const { length, width } = network;
  const values = Object.fromEntries(
    Object.entries(transformerParameters(network)).map(([name, { shape }]) => [
      name,
      parameter(graph, name, shape),
    ]),
  );
  const encode = createEncoder(values, network);
  const { items, positions, segments } = declareHistories(graph, { rows: users, length });
  const targets = input(graph, "targets", [users * length], "int32");
  const weights = input(graph, "weights", [users * length]);
  const losses = Array.from({ length: users }, (_, user) => {
    const row = (value: Value) => slice(value, { axis: 0, start: user, end: user + 1 });
    const cells = (value: Value) =>
      slice(value, { axis: 0, start: user * length, end: (user + 1) * length });
    const states = encode({
      items: row(items),
      positions: row(positions),
      segments: row(segments),
    });
    return linearCrossEntropy({
      states: reshape(states, [length, width]),
      table: values.itemTable!,
      targets: cells(targets),
      weights: cells(weights),
    });
  });
  return { losses, parameters: Object.values(values) };
}

/** Feeds of users with a window each; the weights of a user sum to 1, those of a place without a user are 0. */
export function userFeeds(
  windows: readonly Window[],
  { users, length }: { readonly users: number; readonly length: number },
): Feeds {
  const histories = createHistoryFeeds(users * length);
  const targets = new Int32Array(users * length);
  const weights = new Float32Array(users * length);
  for (const [user, window] of windows.entries()) {
    const codes = Array.from(window);
    const start = user * length;
    writeHistory(histories, codes.slice(0, -1).map(itemOf), { start, segment: 1 });
    const next = codes.slice(1);
    const share = 1 / next.filter(isTarget).length;
    for (const [place, code] of next.entries()) {
      targets[start + place] = itemOf(code);
      if (isTarget(code)) weights[start + place] = share;
    }
  }
  return { ...histories, targets, weights };
}
