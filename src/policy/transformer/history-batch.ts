/** Feeds of an encoder for one batch of histories, [rows, length] each. */
export interface HistoryFeeds {
  readonly items: Int32Array;
  /** Place of an item in its history, from 0 for the oldest that is looked at. */
  readonly positions: Int32Array;
  /** Histories that share a row have numbers of their own, from 1; 0 is padding. */
  readonly segments: Int32Array;
}

export const createHistoryFeeds = (cells: number): HistoryFeeds => ({
  items: new Int32Array(cells),
  positions: new Int32Array(cells),
  segments: new Int32Array(cells),
});

/** Writes items from cell `start` on, as one segment. */
export function writeHistory(
  feeds: HistoryFeeds,
  items: ArrayLike<number>,
  place: { readonly start: number; readonly segment: number },
): void {
  const { start, segment } = place;
  for (let index = 0; index < items.length; index++) {
    feeds.items[start + index] = items[index]!;
    feeds.positions[start + index] = index;
  }
  feeds.segments.fill(segment, start, start + items.length);
}
