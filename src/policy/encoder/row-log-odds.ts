import type { ItemView, PolicyState } from "../policy.ts";
import type { Encoder } from "./encoder.ts";

interface Row {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
}

type OddsByCandidates = WeakMap<readonly ItemView[], Float64Array>;

/** Weak: results of a cycle are dropped with its rows. */
const known = new WeakMap<Encoder, WeakMap<PolicyState, OddsByCandidates>>();

const entryOf = <Key extends object, Value>(
  map: WeakMap<Key, Value>,
  key: Key,
  make: () => Value,
): Value => {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
};

/**
 * `Encoder.logOdds` of a logged row, worked out once however many trainings and scorings of a cycle
 * ask for it.
 */
export function rowLogOdds(encoder: Encoder, { state, candidates }: Row): Float64Array {
  const states = entryOf(known, encoder, () => new WeakMap());
  const rows = entryOf(states, state, () => new WeakMap());
  return entryOf(rows, candidates, () => encoder.logOdds(state, candidates));
}
