/**
 * The first of the indices 0 … count − 1 at which `isReached` is true, or `count`.
 * @param isReached monotone: false before an index, true from it on
 */
export function findIndex(count: number, isReached: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isReached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
