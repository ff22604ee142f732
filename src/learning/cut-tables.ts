import {
  contextTokenBuckets,
  itemTokenBuckets,
  type Token,
  type TokenSlots,
} from "../policy/item-features.ts";
import type { Network, Parameters } from "../policy/network.ts";
import type { ItemView, PolicyState } from "../policy/policy.ts";
import { type TableRows, tableRows } from "./batch.ts";

/**
 * A network of whose hashed tables only those rows are left that training reads. The others would
 * learn nothing, but an optimiser with them in its graph visits all of them at every step.
 */
export interface CutTables {
  readonly network: Network;
  readonly tables: TableRows;
  /** Longest lists of tokens that are read. */
  readonly slots: TokenSlots;
  /** All parameters, with the trained tables in place. */
  restore(trained: Parameters): Parameters;
}

/**
 * Rows that are read, in the order in which they stay, and the place of each bucket's row among
 * them; padding reads bucket 0.
 */
function readRows(lists: Iterable<readonly Token[]>, buckets: number) {
  const kept = [0];
  const places = new Int32Array(buckets).fill(-1);
  places[0] = 0;
  let longest = 1;
  for (const tokens of lists) {
    longest = Math.max(longest, tokens.length);
    for (const { index } of tokens) {
      if (places[index] !== -1) continue;
      places[index] = kept.length;
      kept.push(index);
    }
  }
  return { kept, places, longest };
}

function pickRows(table: Float32Array, kept: readonly number[], buckets: number): Float32Array {
  const columns = table.length / buckets;
  const picked = new Float32Array(kept.length * columns);
  for (const [place, row] of kept.entries())
    picked.set(table.subarray(row * columns, (row + 1) * columns), place * columns);
  return picked;
}

function putRows(table: Float32Array, kept: readonly number[], picked: Float32Array): Float32Array {
  const columns = picked.length / kept.length;
  const whole = table.slice();
  for (const [place, row] of kept.entries())
    whole.set(picked.subarray(place * columns, (place + 1) * columns), row * columns);
  return whole;
}

export function cutTables(
  network: Network,
  read: { readonly views: Iterable<ItemView>; readonly states: readonly PolicyState[] },
): CutTables {
  const items = readRows(
    Array.from(read.views, (view) => view.tokens),
    itemTokenBuckets,
  );
  const contexts = readRows(
    read.states.map(({ profile }) => profile.tokens),
    contextTokenBuckets,
  );
  const { itemTokenTable, contextTable } = network.parameters;
  const cut = {
    itemTokenTable: pickRows(itemTokenTable!, items.kept, itemTokenBuckets),
    contextTable: pickRows(contextTable!, contexts.kept, contextTokenBuckets),
  };
  return {
    network: { ...network, parameters: { ...network.parameters, ...cut } },
    tables: { ...tableRows(network), itemTokens: items.places, contextTokens: contexts.places },
    slots: { item: items.longest, context: contexts.longest },
    restore: (trained) => ({
      ...network.parameters,
      ...trained,
      itemTokenTable: putRows(itemTokenTable!, items.kept, trained.itemTokenTable!),
      contextTable: putRows(contextTable!, contexts.kept, trained.contextTable!),
    }),
  };
}
