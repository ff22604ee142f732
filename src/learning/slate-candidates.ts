import type { ItemView, PolicyState } from "../policy/policy.ts";

/** A row's candidates, and those of its slate. */
export interface SlateRow {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
  /**
   * Candidates of the slate's first position, in whose order each position has what the earlier
   * ones have left. Absent if these are all.
   */
  readonly slateCandidates?: readonly ItemView[];
  /** Added to the log-odds of the candidates by a rule, whatever the policy. */
  readonly boosts?: Float64Array;
}

export const candidatesOfSlate = ({ candidates, slateCandidates }: SlateRow): readonly ItemView[] =>
  slateCandidates ?? candidates;

/** Rows of a slate beyond these are another part. */
const mostSlateRows = 256;

/** Neighbouring rows of one slate, with the index of the first one. */
export function* slatesOf<Row extends SlateRow>(
  rows: readonly Row[],
): Generator<readonly [first: number, rows: readonly Row[]]> {
  let first = 0;
  for (let end = 1; end <= rows.length; end++) {
    const [one, next] = [rows[first]!, rows[end]];
    const isSame = next?.state === one.state && candidatesOfSlate(next) === candidatesOfSlate(one);
    if (isSame && end - first < mostSlateRows) continue;
    yield [first, rows.slice(first, end)];
    first = end;
  }
}

/** Places by a row's candidates, which training reads in each epoch, and those of the slate that they were found in. */
const found = new WeakMap<
  readonly ItemView[],
  { readonly all: readonly ItemView[]; readonly places: Int32Array }
>();

/** The place of each of a row's candidates among those of its slate. @throws RangeError if one is missing there */
export function placesInSlate(row: SlateRow): Int32Array {
  const all = candidatesOfSlate(row);
  const known = found.get(row.candidates);
  if (known?.all === all) return known.places;
  const places = findPlaces(row.candidates, all);
  found.set(row.candidates, { all, places });
  return places;
}

function findPlaces(candidates: readonly ItemView[], all: readonly ItemView[]): Int32Array {
  const places = new Int32Array(candidates.length);
  for (let a = 0, place = 0; a < places.length; a++, place++) {
    while (all[place] !== candidates[a]) {
      if (place === all.length)
        throw new RangeError(`candidate ${candidates[a]!.itemId} is not in its slate's order`);
      place++;
    }
    places[a] = place;
  }
  return places;
}
