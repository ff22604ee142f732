import type { ItemId } from "../../domain/ids.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { Entry } from "./catalogue-entry.ts";
import { type ChangeLog, createChangeLog } from "./change-log.ts";

/** An entry with its place in the order in which the items were created. */
export interface PlacedEntry extends Entry {
  readonly place: number;
}

interface Replaced {
  readonly itemId: ItemId;
  readonly before: PlacedEntry | undefined;
  readonly place: number;
}

/** The changes of one refresh: what they replaced, and the event number before them. */
interface Step {
  readonly before: number;
  readonly replaced: readonly Replaced[];
}

/** The catalogue's entries as of an event number, in the order in which the items were created. */
export interface EntryMap {
  /** Event number of the newest change that is in here. */
  readonly sequence: number;
  readonly entries: ReadonlyMap<ItemId, PlacedEntry>;
  /** By place; undefined of an item whose creation was taken back. */
  readonly byPlace: readonly (PlacedEntry | undefined)[];
  /** Places of entries that were put or taken back. */
  readonly changes: ChangeLog;
  /** @param changed new items in the order of their creation */
  step(changed: readonly Entry[], sequence: number): void;
  /** Takes back the steps after `asOf`; false if they are no longer remembered. */
  rewind(asOf: number): boolean;
}

type OnReplace = (before: Entry | undefined, after: Entry | undefined) => void;

function dropOldest(entries: Map<number, Entry>, most: number): void {
  for (const number of entries.keys()) {
    if (entries.size <= most) break;
    entries.delete(number);
  }
}

const hasSameFeatures = (left: ItemView, right: ItemView): boolean =>
  left.text === right.text &&
  left.tokens.length === right.tokens.length &&
  left.tokens.every((token, index) => {
    const other = right.tokens[index];
    return token.index === other?.index && token.weight === other.weight;
  });

/** The newest steps, up to a number of changes; the last one always. */
function createSteps(remembered: number) {
  const steps: Step[] = [];
  let changes = 0;
  return {
    add: (step: Step) => {
      steps.push(step);
      changes += step.replaced.length;
      while (steps.length > 1 && changes > remembered)
        changes -= steps.shift()?.replaced.length ?? 0;
    },
    takeLast: (): Step | undefined => {
      const step = steps.pop();
      changes -= step?.replaced.length ?? 0;
      return step;
    },
  };
}

/**
 * A view stands for features, also in batches and caches: revisions that change others have it in
 * common, as have those before and after a rewind.
 * @param remembered changes that can be taken back, and all of the last step
 * @param onReplace called for each entry that is put or taken back
 */
export function createEntryMap(remembered: number, onReplace: OnReplace): EntryMap {
  const entries = new Map<ItemId, PlacedEntry>();
  const byPlace: (PlacedEntry | undefined)[] = [];
  const changes = createChangeLog();
  const steps = createSteps(remembered);
  /** Entries that were taken back, by event number; the newest ones, for when they come again. */
  const undone = new Map<number, Entry>();
  let sequence = 0;

  const put = (entry: Entry) => {
    const { itemId } = entry.view;
    const before = entries.get(itemId);
    const known = undone.get(entry.sequence) ?? entry;
    const isSame = before !== undefined && hasSameFeatures(before.view, known.view);
    const place = before?.place ?? byPlace.length;
    const placed = { ...known, view: isSame ? before.view : known.view, place };
    entries.set(itemId, placed);
    byPlace[place] = placed;
    onReplace(before, known);
    return { itemId, before, place };
  };
  const takeBack = ({ before, replaced }: Step) => {
    for (const { itemId, before: entry, place } of replaced) {
      const current = entries.get(itemId);
      if (current !== undefined) undone.set(current.sequence, current);
      onReplace(current, entry);
      if (entry === undefined) entries.delete(itemId);
      else entries.set(itemId, entry);
      byPlace[place] = entry;
    }
    changes.add(replaced.map(({ place }) => place));
    sequence = before;
    dropOldest(undone, remembered);
  };
  return {
    entries,
    byPlace,
    changes,
    get sequence() {
      return sequence;
    },
    step: (changed, through) => {
      const replaced = changed.map(put);
      changes.add(replaced.map(({ place }) => place));
      // The first step is the whole catalogue: it is read anew as soon as it is remembered.
      if (remembered > 0 && sequence > 0) steps.add({ before: sequence, replaced });
      sequence = through;
    },
    rewind: (asOf) => {
      while (sequence > asOf) {
        const step = steps.takeLast();
        if (step === undefined) return false;
        takeBack(step);
      }
      return true;
    },
  };
}
