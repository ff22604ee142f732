import type { Ranker, RankerData } from "./ranker.ts";

/** score(j) = interactions with j, independent of the history. */
export function fitPopularity({ training, itemCount }: RankerData): Ranker {
  const counts = new Float64Array(itemCount);
  for (const sequence of training)
    for (let index = 0; index < sequence.length; index++) counts[sequence[index]!]! += 1;
  return { score: () => counts.slice() };
}
