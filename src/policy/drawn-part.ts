import { createPrefix, type PrefixRules, type SlatePrefix } from "../domain/prefix-rules.ts";
import type { SlateCaps } from "../domain/slate-caps.ts";
import { type SlateDiversity, tiltBy } from "../domain/slate-diversity.ts";
import { openPlaces, type PlaceRules } from "./slate.ts";

/** The part of a slate that chance fills: without pinned items, and those that they leave no room for. */
export interface DrawnPart {
  /** Indices of its candidates, ascending. */
  readonly candidates: readonly number[];
  /** On these candidates; without caps if no group is larger than its limit. */
  readonly rules: PrefixRules;
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

/** The same on some of the candidates. */
function reduceDiversity(
  { featuresOf, ...rest }: SlateDiversity,
  candidates: readonly number[],
  pinned: readonly number[],
): SlateDiversity {
  const pick = (indices: readonly number[]) => indices.map((index) => featuresOf[index] ?? []);
  const placed = pinned.length > 0 && { placed: pick(pinned) };
  return { ...rest, featuresOf: pick(candidates), ...placed };
}

/** @param count of all candidates */
export function drawnPart(count: number, rules: PlaceRules): DrawnPart {
  const { closed } = openPlaces(count, rules);
  const candidates = [...closed.keys()].filter((index) => closed[index] === 0);
  const pinned = [...(rules.pins?.values() ?? [])];
  const caps = rules.caps && reduceCaps(rules.caps, candidates, pinned);
  const diversity = rules.diversity && reduceDiversity(rules.diversity, candidates, pinned);
  return { candidates, rules: { ...(caps && { caps }), ...(diversity && { diversity }) } };
}

/** One position that chance filled, on the candidates of a `DrawnPart`. */
export interface DrawnChoice {
  /** Indices of the candidates that it had left, ascending. */
  readonly left: readonly number[];
  /** Index of the chosen one among them. */
  readonly action: number;
  /** It fills a group, so that candidates below are fewer. */
  readonly fillsGroup: boolean;
  /** Added to the log-odds of those left, by the items above and the pinned ones; absent without diversity. */
  readonly tilt?: Float64Array;
}

/** Of the candidates that are left. */
function tiltOf({ spread }: SlatePrefix, left: readonly number[]): Float64Array | undefined {
  if (spread === undefined) return undefined;
  const { start, unexplained, power } = spread;
  return Float64Array.from(left, (a) => start[a]! + tiltBy(unexplained[a]!, power));
}

/**
 * The choices of a slate, one after the other, down to the first that the rules don't allow.
 * @param items indices among the candidates of the part
 */
export function* drawnChoices(
  { candidates, rules }: DrawnPart,
  items: readonly number[],
): Generator<DrawnChoice> {
  const prefix = createPrefix(rules, candidates.length);
  const indicesLeft = () => [...prefix.closed.keys()].filter((index) => prefix.closed[index] === 0);
  let left = indicesLeft();
  for (const item of items) {
    const action = left.indexOf(item);
    if (action === -1) return;
    const tilt = tiltOf(prefix, left);
    prefix.take(item);
    const below = indicesLeft();
    yield { left, action, fillsGroup: below.length < left.length - 1, ...(tilt && { tilt }) };
    left = below;
  }
}
