import { findIndex } from "../../numeric/find-index.ts";

/** Changed places that are remembered; after more of them everything is made anew. */
const remembered = 10_000;

/** Places that changed, by version: the kept parts of a list follow it without a look at each item. */
export interface ChangeLog {
  /** Number of changes so far. */
  readonly version: number;
  /** The next version. */
  add(places: readonly number[]): void;
  /** Places that may differ from those of an earlier version, ascending; undefined if that is too long ago. */
  changedSince(version: number): readonly number[] | undefined;
}

export function createChangeLog(): ChangeLog {
  const places: number[] = [];
  /** Of each place. */
  const versions: number[] = [];
  let version = 0;
  /** Changes up to this version are forgotten. */
  let floor = 0;
  const forget = (count: number) => {
    floor = count === versions.length ? version : (versions[count - 1] ?? floor);
    const whole = findIndex(versions.length, (index) => (versions[index] ?? floor) > floor);
    places.splice(0, whole);
    versions.splice(0, whole);
  };
  return {
    get version() {
      return version;
    },
    add: (changed) => {
      version++;
      if (changed.length > remembered) {
        forget(versions.length);
        return;
      }
      for (const place of changed) {
        places.push(place);
        versions.push(version);
      }
      if (places.length > 2 * remembered) forget(places.length - remembered);
    },
    changedSince: (since) => {
      if (since < floor) return undefined;
      const first = findIndex(versions.length, (index) => (versions[index] ?? since) > since);
      return [...new Set(places.slice(first))].sort((left, right) => left - right);
    },
  };
}
