/** Items shown to a user, best first. */
export type RankedItems = readonly number[];

/** Share of the catalogue that is in some user's first k items (Ge et al. 2010, "Beyond accuracy", catalogue coverage). */
export function catalogueCoverage(lists: readonly RankedItems[], itemCount: number): number {
  return new Set(lists.flat()).size / itemCount;
}

/**
 * Mean self-information of the shown items, bits: −log₂((users that had i + 1)/(users + 1)) (Zhou
 * et al. 2010, whose fraction lacks the + 1, which keeps the value of an item without users
 * finite).
 * @param userCounts by item, users of the training data that had it
 */
export function novelty(
  lists: readonly RankedItems[],
  { userCounts, users }: { readonly userCounts: ArrayLike<number>; readonly users: number },
): number {
  const bits = (item: number) => Math.log2((users + 1) / (userCounts[item]! + 1));
  return meanOf(lists.flat().map(bits));
}

/**
 * Mean of 1 − similarity over the pairs of a list (Ziegler et al. 2005, intra-list similarity),
 * then over the lists of two items or more; NaN if there is none, since one item alone has no
 * pairs.
 * @param similarity symmetric, in [0, 1]
 */
export function intraListDiversity(
  lists: readonly RankedItems[],
  similarity: (first: number, second: number) => number,
): number {
  const ofList = (list: RankedItems) =>
    meanOf(list.flatMap((a, index) => list.slice(index + 1).map((b) => 1 - similarity(a, b))));
  const paired = lists.filter((list) => list.length > 1);
  return paired.length === 0 ? Number.NaN : meanOf(paired.map(ofList));
}

/**
 * Gini index of how often each item of the catalogue is shown: 0 if all are shown equally often, (n
 * − 1)/n if one item is shown alone. G = Σ_i (2i − n − 1)·x_(i) / (n·Σ x), x ascending, i from 1
 * (Gini 1912; Fleder & Hosanagar 2009).
 */
export function giniIndex(lists: readonly RankedItems[], itemCount: number): number {
  const shown = new Float64Array(itemCount);
  for (const item of lists.flat()) shown[item]! += 1;
  shown.sort();
  let weighted = 0;
  let total = 0;
  for (const [index, count] of shown.entries()) {
    weighted += (2 * (index + 1) - itemCount - 1) * count;
    total += count;
  }
  return weighted / (itemCount * total);
}

/** Cosine of two sets, |A ∩ B|/√(|A|·|B|), 0 if one is empty; ascending numbers each. */
export function setCosine(first: ArrayLike<number>, second: ArrayLike<number>): number {
  let common = 0;
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const difference = first[i]! - second[j]!;
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common === 0 ? 0 : common / Math.sqrt(first.length * second.length);
}

function meanOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("lists must have items, got none");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
