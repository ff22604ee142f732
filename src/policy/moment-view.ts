import { hash32 } from "../numeric/hash.ts";
import { itemTokenBuckets, maxItemTokens } from "./item-features.ts";
import type { ItemView } from "./policy.ts";

/** A feature of an item at one moment for one user, such as the number of friends who engaged. */
export interface MomentFeature {
  readonly name: string;
  /** As small whole numbers go: items with the same features share a view, so there should be few different ones. */
  readonly level: number;
}

/** A level of 4 counts as much as a name. */
const levelUnit = 4;

/** Of an item that are kept: tables have a row for each, and ages and people pass. */
const mostVariants = 8;

const variants = new WeakMap<ItemView, Map<string, ItemView>>();

/**
 * An item with features of a moment before its own. They are the same object for the same features, of which the newest are kept as
 * long as the item's revision, so that networks embed each once.
 */
export function viewAtMoment(view: ItemView, features: readonly MomentFeature[]): ItemView {
  if (features.length === 0) return view;
  const key = features.map(({ name, level }) => `${name} ${level}`).join();
  const known = variants.get(view) ?? new Map<string, ItemView>();
  variants.set(view, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const tokens = features.map(({ name, level }) => ({
    index: hash32(`moment.${name}`) % itemTokenBuckets,
    weight: level / levelUnit,
  }));
  const made = { ...view, tokens: [...tokens, ...view.tokens].slice(0, maxItemTokens), base: view };
  const [oldest] = known.keys();
  if (known.size === mostVariants && oldest !== undefined) known.delete(oldest);
  known.set(key, made);
  return made;
}
