import { noCaps } from "../../domain/slate-caps.ts";
import { createCapBars } from "./cap-bars.ts";
import { policyAt, type SlateDrawer, type SlateRule } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** A rule with its drawer. */
export interface OpenedRule {
  readonly rule: SlateRule;
  readonly drawer: SlateDrawer;
}

/** Sums over all candidates that are left: those that can be drawn, and those that are barred alone. */
function addBarred(
  { drawable, isClosed }: SlateDrawer,
  barred: readonly number[],
  policy: Float64Array,
) {
  let { mass, count } = drawable;
  for (const a of barred) {
    if (isClosed(a)) continue;
    mass += policy[a]!;
    count++;
  }
  return { mass, count };
}

/**
 * Calls back with Π_{j<k}(1 − P(B | prefix_j))·P(a | prefix_k) of each drawn prefix that leaves item a, B the candidates that would
 * close it: the way to an item that is seldom left. It is unbiased, since each such prefix is drawn with its probability given that no
 * candidate of B is chosen.
 * @param visit gets that weight and the prefix, whose first k items count
 */
export function drawAround(
  { rule, drawer }: OpenedRule,
  { item, position }: { readonly item: number; readonly position: number },
  { draws, uniforms }: SlateDraws,
  visit: (weight: number, prefix: Int32Array) => void,
): void {
  const { exploration, caps } = rule;
  const { drawable } = drawer;
  const length = uniforms.length / draws;
  const prefix = new Int32Array(length);
  let barred: number[] = [];
  const bars = createCapBars(caps ?? noCaps(rule.policies[0]!.length), item, (a) => {
    if (drawer.bar(a)) barred.push(a);
  });
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear();
    barred = [];
    bars.clear();
    let missed = 1;
    for (let k = 0; ; k++) {
      const policy = policyAt(rule, k);
      const { mass, count } = addBarred(drawer, barred, policy);
      if (k === position) {
        visit(missed * (((1 - exploration) * policy[item]!) / mass + exploration / count), prefix);
        break;
      }
      if (drawable.count === 0) break;
      // 1 − P(B | prefix) in two parts, without the digits that a difference loses.
      const byFloor = (exploration * drawable.count) / count;
      const byMass = ((1 - exploration) * drawable.mass) / mass;
      missed *= byFloor + byMass;
      const chosen = drawer.draw(uniforms[draw * length + k]!, byFloor / (byFloor + byMass));
      drawer.take(chosen);
      bars.take(chosen);
      prefix[k] = chosen;
    }
  }
}
