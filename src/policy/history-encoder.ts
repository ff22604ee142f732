import { add, multiply } from "../tensor/arithmetic.ts";
import { type Graph, input, type Precision, type Value } from "../tensor/graph.ts";
import { concat, reshape } from "../tensor/layout.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import type { PolicyState } from "./policy.ts";
import { encodeNewest } from "./transformer/encoder.ts";
import { encoderParameters, type ParameterSpec } from "./transformer/parameters.ts";
import type { EncoderShape } from "./transformer/shape.ts";

/** Newest events that the encoder looks at; the pools look at all of the history. */
export const encodedLength = 20;

interface HistoryShape {
  readonly width: number;
  /** Of the Transformer; 0 for a network that has the pools alone. */
  readonly blocks: number;
}

const encoderShape = ({ width, blocks }: HistoryShape): EncoderShape => ({
  width,
  blocks,
  heads: 1,
  length: encodedLength,
  feedForward: "gelu",
});

const prefix = "encoder/";

/** Parameters of the encoder by name; empty without an encoder. */
export function historyParameters(shape: HistoryShape): Readonly<Record<string, ParameterSpec>> {
  if (shape.blocks === 0) return {};
  const { width } = shape;
  const own = {
    ...encoderParameters(encoderShape(shape)),
    entryWeights: { shape: [2 * width, width], start: 1 / Math.sqrt(2 * width) },
    signalWeights: { shape: [1, width], start: 0.1 },
    // From 0: a network begins as its pools, and the encoder learns what they lack.
    stateWeights: { shape: [width, width], start: 0 },
  };
  return Object.fromEntries(Object.entries(own).map(([name, spec]) => [prefix + name, spec]));
}

/**
 * Feeds of each state's newest events, [states, encodedLength] each, the newest in the last cell.
 */
export interface EntryFeeds {
  readonly entrySignals: Float32Array;
  /** 1 for an event and in the last cell, 0 before the first event. */
  readonly entrySegments: Int32Array;
}

export function createEntryFeeds(states: number): EntryFeeds {
  const cells = states * encodedLength;
  return {
    entrySignals: new Float32Array(cells),
    entrySegments: Int32Array.from({ length: cells }, (_, cell) =>
      (cell + 1) % encodedLength === 0 ? 1 : 0,
    ),
  };
}

/**
 * Writes the newest events of a state and returns the place in its history of each cell's event.
 */
export function writeEntries(
  feeds: EntryFeeds,
  state: PolicyState,
  index: number,
  onEntry: (cell: number, entry: number) => void,
): void {
  const total = state.history.length;
  for (let age = 0; age < Math.min(total, encodedLength); age++) {
    const cell = (index + 1) * encodedLength - 1 - age;
    const entry = total - 1 - age;
    feeds.entrySignals[cell] = state.profile.signals[entry]!;
    feeds.entrySegments[cell] = 1;
    onEntry(cell, entry);
  }
}

/**
 * Output of a causal Transformer over the newest events, added to h, [states, width]: event i with
 * item embedding e_i and signal x_i enters as W·[e_i; x_i·e_i] + x_i·v + P[cell]; the state after
 * the newest event leaves. Without events it is the same learned vector for all users.
 *
 * @param entries e of the newest events, [states, encodedLength, width], 0 for absent events
 */
export function encodeHistory(
  graph: Graph<Precision>,
  values: Readonly<Record<string, Value>>,
  options: { readonly shape: HistoryShape; readonly states: number; readonly entries: Value },
): Value {
  const { states, entries } = options;
  const cells = [states, encodedLength];
  const parameterOf = (name: string) => values[prefix + name]!;
  const signals = reshape(input(graph, "entrySignals", cells), [...cells, 1]);
  const both = concat([entries, multiply(entries, signals)], 2);
  const events = add(
    matmul(both, parameterOf("entryWeights")),
    matmul(signals, parameterOf("signalWeights")),
  );
  const newest = encodeNewest(add(events, parameterOf("positionTable")), parameterOf, {
    shape: encoderShape(options.shape),
    segments: input(graph, "entrySegments", cells, "int32"),
  });
  return matmul(newest, parameterOf("stateWeights"));
}
