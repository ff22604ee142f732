import { dayMs, hourMs } from "../../domain/durations.ts";
import type { ItemId, UserId } from "../../domain/ids.ts";
import type { RepetitionRule, SeenRule } from "../../domain/rules.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import type { Store } from "../../storage/store.ts";

/** A user at a moment of a scenario. */
export interface UserMoment {
  readonly userId: UserId;
  readonly scenario: string;
  /** Event number up to which the record counts. */
  readonly asOf: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

async function readSeen(
  { events }: Store,
  { userId, asOf, now }: UserMoment,
  { types, days }: SeenRule,
): Promise<Iterable<ItemId>> {
  const since = days === undefined ? {} : { since: now - days * dayMs };
  return (await events.lastEvents(userId, { asOf, types, ...since })).keys();
}

async function readRepeated(
  { events, decisions }: Store,
  { userId, scenario, asOf, now }: UserMoment,
  { showings, hours, unless }: RepetitionRule,
): Promise<Iterable<ItemId>> {
  const since = now - hours * hourMs;
  const shown = await decisions.showings({ userId, scenario, asOf, since });
  const last = await events.lastEvents(userId, { asOf, types: unless, since });
  const countOf = (item: ItemId, times: readonly number[]) =>
    times.filter((time) => time > (last.get(item) ?? since)).length;
  return [...shown].flatMap(([item, times]) => (countOf(item, times) < showings ? [] : [item]));
}

/** Items that rules about seen and repeated items leave out for a user. */
export async function readLeftOut(
  store: Store,
  { excludeSeen, rules }: Partial<Pick<ServingRule, "excludeSeen" | "rules">>,
  visit: UserMoment,
): Promise<ReadonlySet<ItemId>> {
  const seenRules = excludeSeen === true ? [{}] : excludeSeen || [];
  const found = await Promise.all([
    ...seenRules.map((rule) => readSeen(store, visit, rule)),
    // Those of groups of items are aversions.
    ...(rules?.repetition ?? []).flatMap((rule) =>
      rule.by === undefined ? [readRepeated(store, visit, rule)] : [],
    ),
  ]);
  return new Set(found.flatMap((items) => [...items]));
}
