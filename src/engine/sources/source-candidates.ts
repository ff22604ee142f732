import type { Decision } from "../../domain/decision.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import type { SourcesRule } from "../../domain/sources.ts";
import { numbersWithout } from "../../numeric/index-list.ts";
import type { PolicyState } from "../../policy/policy.ts";
import type { Store } from "../../storage/store.ts";
import { findClosest } from "../related/closest.ts";
import { similarities } from "../related/token-index.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { readTrending } from "./read-trending.ts";

/** The record and the catalogue as of a decision. */
export interface SourceMoment {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly reward: RewardRule;
  readonly servingRule: Pick<NonNullable<Decision["servingRule"]>, "consent">;
  readonly asOf: number;
  readonly state: PolicyState;
  /** Most candidates. */
  readonly limit: number;
}

/** Places of a catalogue's list that may be taken, in the order of the source. */
type Source = Iterable<number>;

function* newestFirst({ list }: OfferedItems): Source {
  for (let place = list.length - 1; place >= 0; place--) yield place;
}

function* placesOf(
  { list, facts, places }: OfferedItems,
  items: readonly ItemId[],
  catalogue: Catalogue,
): Source {
  if (places === undefined) return;
  for (const item of items) yield* catalogue.indicesIn({ views: list, facts, places }, [item]);
}

/** Items like that of the last event, the closest ones in the order of the list. */
function similarPlaces(
  { list, hidden }: OfferedItems,
  { state, catalogue }: SourceMoment,
  count: number,
): Source {
  const last = state.profile.sequence.at(-1);
  if (last === undefined) return [];
  const scores = similarities(list, catalogue.get(last));
  // An item is as close to itself as any.
  return findClosest(scores, count + hidden.length + 1).kept.filter(
    (place) => (scores[place] ?? 0) > 0 && list[place]?.itemId !== last,
  );
}

/** Takes so many of a source that none has taken. */
function take(source: Source, count: number, taken: Set<number>): void {
  let left = count;
  if (left === 0) return;
  for (const place of source) {
    if (taken.has(place)) continue;
    taken.add(place);
    if (--left === 0) return;
  }
}

/**
 * Candidates of the further sources among a catalogue's offered items, each up to its number and all up to half of `limit`: derived from the
 * record as of the decision, so that an audit finds the same.
 * @param reserved candidates that are kept already, which count
 * @returns with these, ascending
 */
export async function sourceCandidates(
  offered: OfferedItems,
  sources: SourcesRule | undefined,
  { reserved, ...moment }: SourceMoment & { readonly reserved: readonly number[] },
): Promise<readonly number[]> {
  const { limit, store, asOf, reward, servingRule, catalogue } = moment;
  if (sources === undefined || offered.count <= limit) return reserved;
  const room = (count: number, taken: number) =>
    Math.max(0, Math.min(count, Math.floor(limit / 2) - reserved.length - taken));
  const hidden = new Set(offered.hidden);
  const taken = new Set(hidden);
  const added = () => taken.size - hidden.size;
  if (sources.similar > 0) {
    const count = room(sources.similar, added());
    take(similarPlaces(offered, moment, count), count, taken);
  }
  if (sources.trending > 0) {
    const byDefault = servingRule.consent?.personalise !== false;
    const items = await readTrending(store, reward, { asOf, byDefault });
    take(placesOf(offered, items, catalogue), room(sources.trending, added()), taken);
  }
  take(newestFirst(offered), room(sources.newest, added()), taken);
  const chosen = [...taken].filter((place) => !hidden.has(place)).sort((a, b) => a - b);
  const all = new Set([...reserved, ...numbersWithout(chosen, offered.hidden)]);
  return [...all].sort((left, right) => left - right);
}
