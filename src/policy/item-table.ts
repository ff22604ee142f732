import { createSeenLists } from "./by-list.ts";
import type { ItemEmbedder } from "./item-embedder.ts";
import { createKnownRows, growByRow, rowsOf } from "./item-rows.ts";
import { partOf } from "./list-part.ts";
import type { NetworkShape } from "./network.ts";
import type { ItemView } from "./policy.ts";

/** The items that a network has embedded, each once a revision, in the rows of `rowsOf`. */
export interface ItemTable {
  /** Embeds the items of these lists that no row has yet. */
  load(lists: readonly (readonly ItemView[])[]): Promise<void>;
  /** For each row and head e and b + u·e; another array once it has grown. */
  readonly values: Float32Array;
  /** Numbers of a row: heads · (width + 1). */
  readonly stride: number;
}

interface MissingItems {
  readonly views: readonly ItemView[];
  readonly rows: readonly number[];
}

/** Finds the items of lists that are in no complete list and in no loaded row, each once. */
function createFinder(
  complete: ReturnType<typeof createSeenLists>,
  loaded: ReturnType<typeof createKnownRows>,
): (lists: readonly (readonly ItemView[])[]) => MissingItems {
  /** Of each row, the number of the last look that found it. */
  let looks = new Uint32Array();
  let look = 0;
  /** Indices of a list that may be missing; undefined if all may be. */
  const freshIn = (list: readonly ItemView[]) => {
    const whole = partOf(list)?.whole;
    return whole && complete.newIn(whole)?.length === 0 ? [] : complete.newIn(list);
  };
  return (lists) => {
    const views: ItemView[] = [];
    const found: number[] = [];
    look++;
    for (const list of lists) {
      const fresh = freshIn(list);
      if (fresh?.length === 0) continue;
      const rows = rowsOf(list);
      looks = growByRow(looks, 1);
      for (let at = 0; at < (fresh?.length ?? rows.length); at++) {
        const index = fresh?.[at] ?? at;
        const row = rows[index]!;
        if (looks[row] === look || loaded.has(row)) continue;
        looks[row] = look;
        views.push(list[index]!);
        found.push(row);
      }
    }
    return { views, rows: found };
  };
}

export function createItemTable(embedder: ItemEmbedder, { heads, width }: NetworkShape): ItemTable {
  const stride = heads * (width + 1);
  /** Lists whose items all have been loaded. */
  const complete = createSeenLists();
  const loaded = createKnownRows();
  const findMissing = createFinder(complete, loaded);
  let values = new Float32Array();
  let running: Promise<unknown> = Promise.resolve();

  const embed = async ({ views, rows }: MissingItems) => {
    values = growByRow(values, stride);
    await embedder.embed(views, { values, rows });
    for (const row of rows) loaded.add(row);
  };
  const embedMissing = async ({ views, rows }: MissingItems) => {
    const isMissing = (_: unknown, index: number) => !loaded.has(rows[index]!);
    await embed({ views: views.filter(isMissing), rows: rows.filter(isMissing) });
  };
  return {
    load: async (lists) => {
      const missing = findMissing(lists);
      if (missing.rows.length > 0) {
        // One after the other: requests at a start must not each embed the whole catalogue.
        const mine = running.then(() => embedMissing(missing));
        running = mine.catch(() => {});
        await mine;
      }
      for (const list of lists) complete.add(list);
    },
    get values() {
      return values;
    },
    stride,
  };
}
