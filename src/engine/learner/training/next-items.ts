import type { ItemId } from "../../../domain/ids.ts";
import { isWanted } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { NextItem } from "../../../learning/pretrain.ts";
import { historyLength } from "../../../policy/profile.ts";
import type { Catalogue } from "../../state/catalogue.ts";
import { createState } from "../../state/read-state.ts";
import type { UserSequence } from "./read-user-sequences.ts";

export interface NextItemContext {
  readonly scenario: Scenario;
  readonly catalogue: Catalogue;
  readonly available: ReadonlySet<ItemId>;
}

/** The event at `index`, 1 or more, with the user's state just before it: nothing later leaks in. */
function findNextItem(
  { attributes, events }: UserSequence,
  index: number,
  { scenario, catalogue, available }: NextItemContext,
): NextItem | undefined {
  const event = events[index];
  const next = event && catalogue.find(event.itemId);
  if (event === undefined || next === undefined || index === 0) return undefined;
  // An item that could not or should not be shown is no target.
  if (!available.has(event.itemId) || !isWanted(event, scenario.reward)) return undefined;
  const history = events.slice(Math.max(0, index - historyLength), index);
  const state = createState({ user: { history, attributes }, catalogue, scenario, context: {} });
  return { state, next };
}

/** For each event whether its item may not be shown again; all absent without such a rule. */
function findRepeats(
  { events }: UserSequence,
  { scenario }: NextItemContext,
): readonly (boolean | undefined)[] {
  if (!scenario.excludeSeen) return [];
  const seen = new Set<ItemId>();
  return events.map(({ itemId }) => {
    const repeated = seen.has(itemId);
    seen.add(itemId);
    return repeated;
  });
}

/** The user's last event, kept from training, if its item could still be shown to them. */
export function findHeldOut(
  sequence: UserSequence,
  context: NextItemContext,
): NextItem | undefined {
  const last = sequence.events.length - 1;
  return findRepeats(sequence, context)[last] ? undefined : findNextItem(sequence, last, context);
}

/** Training rows of the newest `limit` events before the held-out one. */
export function listNextItems(
  sequence: UserSequence,
  limit: number,
  context: NextItemContext,
): readonly NextItem[] {
  const last = sequence.events.length - 1;
  const repeats = findRepeats(sequence, context);
  const rows: NextItem[] = [];
  for (let index = Math.max(1, last - limit); index < last; index++) {
    const row = repeats[index] ? undefined : findNextItem(sequence, index, context);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** Largest n for which the sum of min(count, n) is at most `total`: the most rows of each user. */
export function rowsPerUser(counts: readonly number[], total: number): number {
  const sumAt = (limit: number) => counts.reduce((sum, count) => sum + Math.min(count, limit), 0);
  let low = 0;
  let high = Math.max(0, ...counts);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sumAt(middle) <= total) low = middle;
    else high = middle - 1;
  }
  return low;
}
