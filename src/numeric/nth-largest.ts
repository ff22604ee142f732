/** Ends of the two parts: those not below the pivot come first, those not above it last. */
function partition(values: Float64Array, low: number, high: number): readonly [number, number] {
  const pivot = values[(low + high) >> 1]!;
  let left = low;
  let right = high;
  while (left <= right) {
    while (values[left]! > pivot) left++;
    while (values[right]! < pivot) right--;
    if (left > right) break;
    const swapped = values[left]!;
    values[left++] = values[right]!;
    values[right--] = swapped;
  }
  return [left, right];
}

/**
 * The n-th largest of the values, 0 being the largest: FIND (Hoare 1961), whose mean cost is linear.
 * @param values reordered by it
 */
export function nthLargest(values: Float64Array, n: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const [left, right] = partition(values, low, high);
    if (n <= right) high = right;
    else if (n >= left) low = left;
    else break;
  }
  return values[n]!;
}
