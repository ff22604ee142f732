import { createHistoryFeeds, writeHistory } from "../../policy/transformer/history-batch.ts";
import { isTarget, itemOf } from "./codes.ts";
import type { PackedRow } from "./windows.ts";

/** Feeds of a training step, but for masks and negatives. */
export interface SequenceBatch {
  readonly feeds: Readonly<Record<string, Int32Array | Float32Array>>;
  readonly targets: Int32Array;
  /** Cells with a target. */
  readonly used: number;
}

/**
 * Each cell has its window's item and the next one as its target, with weight 0 if that is only
 * read; the weights of all cells sum to 1.
 */
export function buildSequenceBatch(
  packed: readonly PackedRow[],
  size: { readonly rows: number; readonly length: number },
): SequenceBatch {
  const cells = size.rows * size.length;
  const histories = createHistoryFeeds(cells);
  const targets = new Int32Array(cells);
  const weights = new Float32Array(cells);
  let used = 0;
  for (const [row, windows] of packed.entries()) {
    let start = row * size.length;
    for (const [index, window] of windows.entries()) {
      const seen = Array.from({ length: window.length - 1 }, (_, place) => itemOf(window[place]!));
      writeHistory(histories, seen, { start, segment: index + 1 });
      for (let place = 1; place < window.length; place++, start++) {
        const code = window[place]!;
        targets[start] = itemOf(code);
        if (!isTarget(code)) continue;
        weights[start] = 1;
        used++;
      }
    }
  }
  for (let cell = 0; cell < cells; cell++) weights[cell]! /= used;
  return { feeds: { ...histories, targets, weights }, targets, used };
}
