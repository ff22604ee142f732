import type { ItemId } from "../../domain/ids.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { Store } from "../../storage/store.ts";

/** Event numbers that are counted, and after how many they are counted anew. */
const [counted, step] = [10_000, 1000];

/** More than any decision takes, since some of them may not be shown. */
const mostTrending = 1000;

type Trends = LastUsedMap<string, Promise<readonly ItemId[]>>;

/** Of the newest steps, by record: an audit goes back, a server doesn't. */
const keptTrends = 8;
const trends = new WeakMap<Store["events"], Trends>();

/**
 * Items by the number of their users, up to the last event number that ends a step: the same for all requests of a step, and for an audit of
 * them.
 */
export async function readTrending(
  { events, erasures }: Store,
  { weights }: RewardRule,
  { asOf, byDefault }: { readonly asOf: number; readonly byDefault: boolean },
): Promise<readonly ItemId[]> {
  const through = asOf - (asOf % step);
  const types = Object.keys(weights).filter((type) => (weights[type] ?? 0) > 0);
  const known: Trends = trends.get(events) ?? new LastUsedMap(keptTrends);
  trends.set(events, known);
  // Rows that were removed meanwhile must not count.
  const key = JSON.stringify([through, types, byDefault, await erasures.last()]);
  const span = { after: through - counted, asOf: through, types, limit: mostTrending, byDefault };
  const read = known.get(key) ?? events.trending(span);
  known.set(key, read);
  return read.catch((error: unknown) => {
    known.delete(key);
    throw error;
  });
}
