import type { Item } from "../../domain/catalogue.ts";
import { type ItemId, itemId } from "../../domain/ids.ts";
import type { ItemChange, ItemStore } from "../store.ts";
import { readJson, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createRevisionStore, type RevisionTable } from "./revisions.ts";

const itemTable: RevisionTable<Item, ItemId> = {
  name: "item_revisions",
  idOf: (item) => item.itemId,
  encode: ({ categories, attributes, available }) => ({ categories, attributes, available }),
  decode: (row) => ({ ...decodeItem(row), sequence: readNumber(row, "sequence") }),
};

function decodeItem(row: Row): Item {
  return { itemId: itemId(readText(row, "id")), ...readJson<Omit<Item, "itemId">>(row, "payload") };
}

function decodeChange(row: Row): ItemChange {
  return {
    itemId: itemId(readText(row, "id")),
    sequence: readNumber(row, "sequence"),
    item: row.payload === null ? undefined : decodeItem(row),
  };
}

export function createItemStore(connection: Connection, commits: GroupCommit): ItemStore {
  const sequence = connection.prepare(
    "SELECT coalesce(max(sequence), 0) AS sequence FROM item_revisions",
  );
  // With max(), SQLite takes the other columns from the row that holds the maximum.
  const changes = connection.prepare(
    `SELECT id, max(sequence) AS sequence, payload FROM item_revisions
     WHERE sequence > ? AND sequence <= ? GROUP BY id ORDER BY max(sequence)`,
  );
  return {
    ...createRevisionStore({ connection, commits, table: itemTable }),
    sequence: async () => readNumber(sequence.get() ?? {}, "sequence"),
    changes: async ({ after, asOf }) => changes.all(after, asOf).map(decodeChange),
  };
}
