import { createCapCounter, noCaps, type SlateCaps } from "../domain/slate-caps.ts";
import { openPlaces, type PlaceRules } from "./slate.ts";

/** The part of a slate that chance fills: without pinned items, and those that they leave no room for. */
export interface DrawnPart {
  /** Indices of its candidates, ascending. */
  readonly candidates: readonly number[];
  /** On these candidates; absent if no group is larger than its limit. */
  readonly caps?: SlateCaps;
}

/** The groups that can forbid anything, on some of the candidates. */
function reduceCaps(
  { groupsOf, limits }: SlateCaps,
  candidates: readonly number[],
  pinned: readonly number[],
): SlateCaps | undefined {
  const count = (group: number, among: readonly number[]) =>
    among.filter((candidate) => groupsOf[candidate]?.includes(group)).length;
  const left = limits.map((limit, group) => limit - count(group, pinned));
  const sizes = limits.map(() => 0);
  for (const candidate of candidates)
    for (const group of groupsOf[candidate] ?? []) sizes[group] = (sizes[group] ?? 0) + 1;
  const kept = [...limits.keys()].filter((group) => (sizes[group] ?? 0) > (left[group] ?? 0));
  if (kept.length === 0) return undefined;
  const numbers = new Map(kept.map((group, number) => [group, number]));
  // Candidates that share a list of groups still do.
  const lists = new Map<readonly number[], readonly number[]>();
  const renumber = (groups: readonly number[]) => {
    const list = lists.get(groups) ?? groups.flatMap((group) => numbers.get(group) ?? []);
    lists.set(groups, list);
    return list;
  };
  return {
    groupsOf: candidates.map((candidate) => renumber(groupsOf[candidate] ?? [])),
    limits: kept.map((group) => left[group] ?? 0),
  };
}

/** @param count of all candidates */
export function drawnPart(count: number, rules: PlaceRules): DrawnPart {
  const { closed } = openPlaces(count, rules);
  const candidates = [...closed.keys()].filter((index) => closed[index] === 0);
  const pinned = [...(rules.pins?.values() ?? [])];
  const caps = rules.caps && reduceCaps(rules.caps, candidates, pinned);
  return { candidates, ...(caps && { caps }) };
}

/** One position that chance filled, on the candidates of a `DrawnPart`. */
export interface DrawnChoice {
  /** Indices of the candidates that it had left, ascending. */
  readonly left: readonly number[];
  /** Index of the chosen one among them. */
  readonly action: number;
  /** It fills a group, so that candidates below are fewer. */
  readonly fillsGroup: boolean;
}

/**
 * The choices of a slate, one after the other, down to the first that the rules don't allow.
 * @param items indices among the candidates of the part
 */
export function* drawnChoices(
  { candidates, caps }: DrawnPart,
  items: readonly number[],
): Generator<DrawnChoice> {
  const counter = createCapCounter(caps ?? noCaps(candidates.length));
  const indicesLeft = () =>
    [...counter.closed.keys()].filter((index) => counter.closed[index] === 0);
  let left = indicesLeft();
  for (const item of items) {
    const action = left.indexOf(item);
    if (action === -1) return;
    counter.take(item);
    const below = indicesLeft();
    yield { left, action, fillsGroup: below.length < left.length - 1 };
    left = below;
  }
}
