/** Moves the root of a heap of the largest values, the least of them, down to its place. */
function sinkRoot(heap: Float64Array, size: number): void {
  const value = heap[0]!;
  let at = 0;
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
}

/**
 * The n-th largest of the values, 0 being the largest, none of them NaN: a heap of the n + 1 largest so far, in which most of
 * many values have no place. The mean cost of values in any order is that of one look at each.
 */
export function nthLargest(values: Float64Array, n: number): number {
  const size = n + 1;
  // An ascending array is a heap.
  const heap = values.slice(0, size).sort();
  for (let index = size; index < values.length; index++) {
    if (values[index]! <= heap[0]!) continue;
    heap[0] = values[index]!;
    sinkRoot(heap, size);
  }
  return heap[0]!;
}
