import { groupsIn, type ItemFacts } from "../rules/item-facts.ts";

/** Item of a catalogue, as rules see it. */
interface Known {
  readonly facts: ItemFacts;
}

/** Which values of fields are new to a catalogue. */
export interface ValueAges {
  /** An item was written, or a writing was taken back. */
  replace(before: Known | undefined, after: Known | undefined): void;
  /**
   * Values of a field, as `groupsIn` writes them, all of whose items were written for the first time after `since`. Deleted items count, and
   * an item without a time is old. A field is kept up to date from its first call on.
   */
  newValues(by: string, since: number): ReadonlySet<string>;
}

/** Of a field: rules of several scenarios ask within a minute, which is their unit of time. */
const keptAnswers = 20;

/** By value of a field: times of its items. */
interface Field {
  readonly by: string;
  readonly times: Map<string, Map<string, number>>;
  /** By `since`, until an item changes. */
  readonly answers: Map<number, ReadonlySet<string>>;
}

function add({ times, by }: Field, { facts }: Known): void {
  for (const value of groupsIn(facts, by)) {
    const items = times.get(value) ?? new Map<string, number>();
    times.set(value, items.set(facts.itemId, facts.createdAt ?? Number.NEGATIVE_INFINITY));
  }
}

function remove({ times, by }: Field, { facts }: Known): void {
  for (const value of groupsIn(facts, by)) {
    times.get(value)?.delete(facts.itemId);
    if (times.get(value)?.size === 0) times.delete(value);
  }
}

function isAllAfter(times: Iterable<number>, since: number): boolean {
  // The oldest item is among the first.
  for (const time of times) if (time <= since) return false;
  return true;
}

const hasSameValues = (left: Known, right: Known, by: string) =>
  groupsIn(left.facts, by).join() === groupsIn(right.facts, by).join();

/** @param all the catalogue's items, deleted ones included */
export function createValueAges(all: () => Iterable<Known>): ValueAges {
  const fields = new Map<string, Field>();
  const fieldOf = (by: string) => {
    const known = fields.get(by);
    if (known !== undefined) return known;
    const field: Field = { by, times: new Map(), answers: new Map() };
    for (const one of all()) add(field, one);
    fields.set(by, field);
    return field;
  };
  return {
    replace: (before, after) => {
      for (const field of fields.values()) {
        if (before && after && hasSameValues(before, after, field.by)) continue;
        if (before) remove(field, before);
        if (after) add(field, after);
        field.answers.clear();
      }
    },
    newValues: (by, since) => {
      const field = fieldOf(by);
      const known = field.answers.get(since);
      if (known !== undefined) return known;
      if (field.answers.size === keptAnswers) field.answers.clear();
      const found = [...field.times].filter(([, items]) => isAllAfter(items.values(), since));
      const values = new Set(found.map(([value]) => value));
      field.answers.set(since, values);
      return values;
    },
  };
}
