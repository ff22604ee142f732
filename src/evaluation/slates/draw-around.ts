import type { SlateDrawer, SlateRule } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** A rule with its drawer. */
export interface OpenedRule {
  readonly rule: SlateRule;
  readonly drawer: SlateDrawer;
}

/**
 * Calls back with Π_{j<k}(1 − P(a | prefix_j))·P(a | prefix_k) of each drawn prefix without item a: the way to an item that is
 * seldom missing from a prefix.
 * @param visit gets that weight and the prefix, whose first k items count
 */
export function drawAround(
  { rule: { policies, exploration }, drawer }: OpenedRule,
  { item, position }: { readonly item: number; readonly position: number },
  { draws, uniforms }: SlateDraws,
  visit: (weight: number, prefix: Int32Array) => void,
): void {
  const { length: count } = policies[0]!;
  const length = uniforms.length / draws;
  const prefix = new Int32Array(length);
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear(item);
    let missed = 1;
    for (let k = 0; ; k++) {
      const others = drawer.leftMass();
      const own = (policies[k] ?? policies.at(-1)!)[item]!;
      const floor = exploration / (count - k);
      if (k === position) {
        visit(missed * (((1 - exploration) * own) / (others + own) + floor), prefix);
        break;
      }
      // 1 − P(a | prefix) in two parts, without the digits that a difference loses.
      const byFloor = exploration - floor;
      const byMass = ((1 - exploration) * others) / (others + own);
      missed *= byFloor + byMass;
      const chosen = drawer.draw(uniforms[draw * length + k]!, byFloor / (byFloor + byMass));
      drawer.take(chosen);
      prefix[k] = chosen;
    }
  }
}
