import {
  contextTokenBuckets,
  itemTokenBuckets,
  type Token,
  type TokenSlots,
} from "../policy/item-features.ts";
import type { Network, Parameters } from "../policy/network.ts";
import type { ItemView, PolicyState } from "../policy/policy.ts";
import { type TableRows, tableRows } from "./training-rows.ts";

/**
 * A network of whose tables only those rows are left that training reads. The others would learn
 * nothing, but an optimiser with them in its graph visits all of them at every step.
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
 * Rows that are read, in the order in which they stay, and the place of each row among them; row 0,
 * which padding reads, is one of them.
 */
function readRows(lists: Iterable<Iterable<number>>, rows: number) {
  const kept = [0];
  const places = new Int32Array(rows).fill(-1);
  places[0] = 0;
  for (const list of lists) {
    for (const row of list) {
      if (places[row] !== -1) continue;
      places[row] = kept.length;
      kept.push(row);
    }
  }
  return { kept, places };
}

/** The same of tokens, and the longest list of them. */
function readTokens(lists: readonly (readonly Token[])[], buckets: number) {
  const rows = readRows(
    lists.map((tokens) => tokens.map(({ index }) => index)),
    buckets,
  );
  return { ...rows, longest: lists.reduce((most, { length }) => Math.max(most, length), 1) };
}

/** The same of items that the network knows. */
function readItems({ itemIds }: Network, views: readonly ItemView[]) {
  const rowOf = new Map<string, number>(itemIds.map((item, row) => [item, row]));
  return readRows([views.flatMap(({ itemId }) => rowOf.get(itemId) ?? [])], itemIds.length);
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
  {
    views,
    states,
  }: { readonly views: readonly ItemView[]; readonly states: readonly PolicyState[] },
): CutTables {
  const items = readItems(network, views);
  const tokens = readTokens(
    views.map((view) => view.tokens),
    itemTokenBuckets,
  );
  const contexts = readTokens(
    states.map(({ profile }) => profile.tokens),
    contextTokenBuckets,
  );
  const { parameters } = network;
  const rowsOf = {
    itemTable: items,
    itemBias: items,
    itemTokenTable: tokens,
    contextTable: contexts,
  };
  const change = (
    edit: (
      name: string,
      rows: { readonly kept: readonly number[]; readonly all: number },
    ) => Float32Array,
  ) =>
    Object.fromEntries(
      Object.entries(rowsOf).map(([name, { kept, places }]) => [
        name,
        edit(name, { kept, all: places.length }),
      ]),
    );
  const cut = change((name, { kept, all }) => pickRows(parameters[name]!, kept, all));
  const itemIds = items.kept.map((row) => network.itemIds[row]!);
  const kept = { ...network, itemIds, parameters: { ...parameters, ...cut } };
  return {
    network: kept,
    tables: { ...tableRows(kept), itemTokens: tokens.places, contextTokens: contexts.places },
    slots: { item: tokens.longest, context: contexts.longest },
    restore: (trained) => ({
      ...parameters,
      ...trained,
      ...change((name, { kept }) => putRows(parameters[name]!, kept, trained[name]!)),
    }),
  };
}
