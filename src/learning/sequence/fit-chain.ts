import { buildRows, findPlaces } from "../../numeric/sparse-rows.ts";
import type { Chain, ChainSettings } from "../../policy/encoder/chain.ts";
import { isTarget, itemOf } from "./codes.ts";

/** Counts successors. Items that are only read have successors, and are none. */
export function fitChain(
  sequences: readonly ArrayLike<number>[],
  itemCount: number,
  { window, decay }: ChainSettings,
): Chain {
  const items = sequences.map((codes) => Array.from(codes, itemOf));
  const places = findPlaces(items, itemCount);
  const successors = buildRows(itemCount, (item, add) => {
    const { sequences: found, positions } = places[item]!;
    for (const [index, sequence] of found.entries()) {
      const codes = sequences[sequence]!;
      const end = Math.min(codes.length, positions[index]! + 1 + window);
      let weight = 1 / found.length;
      for (let at = positions[index]! + 1; at < end; at++, weight *= decay)
        if (isTarget(codes[at]!)) add(codes[at]!, weight);
    }
  });
  return { window, decay, successors };
}
