import { dayMs, hourMs } from "../../domain/durations.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { AversionRule, RepetitionRule, ScenarioRules } from "../../domain/rules.ts";
import type { Store } from "../../storage/store.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { groupIndex, type ItemGroup, type TiltedGroup } from "./group-index.ts";
import { groupsIn, type ItemFacts } from "./item-facts.ts";
import { ruleTime } from "./offer-rules.ts";
import type { UserMoment } from "./read-left-out.ts";

/** Groups of items that rules keep from one user, prefer or set back, at one moment. */
export interface RuledGroups {
  /** Not to be shown. */
  readonly leftOut: readonly ItemGroup[];
  readonly tilted: readonly TiltedGroup[];
}

/** The latest time of each value among items with times. */
function latestByValue(
  times: ReadonlyMap<ItemId, number>,
  by: string,
  catalogue: Catalogue,
): Map<string, number> {
  const latest = new Map<string, number>();
  for (const [item, time] of times) {
    for (const value of groupsIn(catalogue.factsOf(item), by))
      latest.set(value, Math.max(time, latest.get(value) ?? time));
  }
  return latest;
}

const sinceOf = ({ days }: AversionRule, now: number) =>
  days === undefined ? {} : { since: now - days * dayMs };

/** Values of items with an event of the rule that no later one took back. */
async function readAverse(
  { events }: Store,
  { userId, asOf, now, catalogue }: UserMoment & { readonly catalogue: Catalogue },
  rule: AversionRule,
): Promise<ItemGroup> {
  const { types, by, unless } = rule;
  const read = (types: readonly string[]) =>
    events.lastEvents(userId, { asOf, types, ...sinceOf(rule, now) });
  const turnedDown = latestByValue(await read(types), by, catalogue);
  const takenBack = unless && latestByValue(await read(unless), by, catalogue);
  const values = [...turnedDown].flatMap(([value, time]) =>
    time > (takenBack?.get(value) ?? Number.NEGATIVE_INFINITY) ? [value] : [],
  );
  return { by, values: new Set(values) };
}

/** Values whose items, all together, the scenario has shown to the user too often. */
async function readRepeated(
  { events, decisions }: Store,
  { userId, scenario, asOf, now, catalogue }: UserMoment & { readonly catalogue: Catalogue },
  { showings, hours, unless, by }: RepetitionRule & { readonly by: string },
): Promise<ItemGroup> {
  const since = now - hours * hourMs;
  const shown = await decisions.showings({ userId, scenario, asOf, since });
  const last = await events.lastEvents(userId, { asOf, types: unless, since });
  const answered = latestByValue(last, by, catalogue);
  const counts = new Map<string, number>();
  for (const [item, times] of shown) {
    for (const value of groupsIn(catalogue.factsOf(item), by)) {
      const counted = times.filter((time) => time > (answered.get(value) ?? since)).length;
      counts.set(value, (counts.get(value) ?? 0) + counted);
    }
  }
  const values = [...counts].flatMap(([value, count]) => (count >= showings ? [value] : []));
  return { by, values: new Set(values) };
}

/** Items of values that are new to the catalogue, as of a moment in whole minutes. */
export const newcomersOf = (
  { rules = {} }: { readonly rules?: ScenarioRules | undefined },
  { newValues }: Pick<Catalogue, "newValues">,
  now: number,
): readonly TiltedGroup[] =>
  (rules.newcomers ?? []).map(({ by, days, add }) => ({
    by,
    add,
    values: newValues(by, ruleTime(now) - days * dayMs),
  }));

/**
 * Groups of items that a user turned down, that were shown too often, or that are new.
 * @param catalogue as of the moment
 */
export async function readRuledGroups(
  store: Store,
  { rules = {} }: { readonly rules?: ScenarioRules | undefined },
  visit: UserMoment & { readonly catalogue: Catalogue },
): Promise<RuledGroups> {
  const leftOut: ItemGroup[] = [];
  const tilted = [...newcomersOf({ rules }, visit.catalogue, visit.now)];
  for (const rule of rules.aversions ?? []) {
    const group = await readAverse(store, visit, rule);
    if (rule.add === undefined) leftOut.push(group);
    else tilted.push({ ...group, add: rule.add });
  }
  for (const { by, ...rule } of rules.repetition ?? [])
    if (by !== undefined) leftOut.push(await readRepeated(store, visit, { ...rule, by }));
  return { leftOut, tilted };
}

/** Whether an item is in one of the groups. */
export const isInGroup = (facts: ItemFacts, groups: readonly ItemGroup[]): boolean =>
  groups.some(({ by, values }) => groupsIn(facts, by).some((value) => values.has(value)));

/** Places of the items of the groups in a list. */
export const placesInGroups = (
  facts: readonly ItemFacts[],
  groups: readonly ItemGroup[],
): readonly number[] =>
  groups.flatMap(({ by, values }) =>
    values.size === 0 ? [] : [...values].flatMap((value) => groupIndex(facts, by).get(value) ?? []),
  );
