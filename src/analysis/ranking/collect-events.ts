import type { Item, User } from "../../domain/catalogue.ts";
import { userId } from "../../domain/ids.ts";
import type { ImportRow } from "../../exchange/import/row.ts";
import {
  bareItem,
  createNumbering,
  describeCount,
  describeRepeats,
  type InteractionData,
} from "./interaction-data.ts";

interface Interaction {
  readonly item: number;
  readonly time: number;
}

/**
 * Events of any type as interactions, by user in order of time; those of one time stay in the order
 * of the file. Of a user's repeats the first counts: seen items are not ranked, so no ranker could
 * predict a repeat.
 */
export async function collectEvents(
  rows: AsyncIterable<ImportRow> | Iterable<ImportRow>,
  { name, form }: Pick<InteractionData, "name" | "form">,
): Promise<InteractionData> {
  const items = createNumbering();
  const users = createNumbering();
  const known = { items: new Map<string, Item>(), users: new Map<string, User>() };
  const byUser: Interaction[][] = [];
  let refused = 0;
  for await (const row of rows) {
    if (row.kind === "refused") refused++;
    if (row.kind === "item") known.items.set(row.item.itemId, row.item);
    if (row.kind === "user") known.users.set(row.user.userId, row.user);
    if (row.kind !== "event") continue;
    const { event } = row;
    const user = users.of(event.userId);
    byUser[user] ??= [];
    byUser[user].push({ item: items.of(event.itemId), time: event.occurredAt });
  }
  const kept = byUser.map((own) => keepFirst(own.sort((a, b) => a.time - b.time)));
  const total = byUser.reduce((sum, { length }) => sum + length, 0);
  const repeats = total - kept.reduce((sum, { length }) => sum + length, 0);
  return {
    name,
    form,
    itemCount: items.size,
    items: items.ids().map((id) => known.items.get(id) ?? bareItem(id)),
    users: users.ids().map((id) => known.users.get(id) ?? { userId: userId(id), attributes: {} }),
    sequences: kept.map((own) => Int32Array.from(own, ({ item }) => item)),
    times: kept.map((own) => Float64Array.from(own, ({ time }) => time)),
    notes: [
      ...describeCount(refused, "row was refused", "rows were refused").map(
        (text) => `${text}; recurve import shows the reasons`,
      ),
      ...describeRepeats(repeats),
    ],
  };
}

function keepFirst(interactions: readonly Interaction[]): Interaction[] {
  const had = new Set<number>();
  return interactions.filter(({ item }) => !had.has(item) && had.add(item));
}
