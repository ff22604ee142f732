/**
 * The number in [low, high] at which `isBelow` turns from true to false, to the last bit.
 * @param isBelow monotone: true up to the number, false beyond it
 */
export function bisect(isBelow: (x: number) => boolean, low: number, high: number): number {
  let [below, above] = [low, high];
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return middle;
    if (isBelow(middle)) below = middle;
    else above = middle;
  }
}
