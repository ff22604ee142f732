import type { Item } from "../../domain/catalogue.ts";
import { type ItemId, isName, itemId } from "../../domain/ids.ts";
import { isJsonObject, type JsonObject } from "../../domain/json.ts";
import type { ItemChange, ItemStore } from "../item-store.ts";
import { parseObject, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createRevisionStore, type RevisionTable } from "./revisions.ts";

const itemTable: RevisionTable<Item, ItemId> = {
  name: "item_revisions",
  isTimed: true,
  idOf: (item) => item.itemId,
  encode: ({ categories, attributes, available }) => ({ categories, attributes, available }),
  decode: (row) => ({ ...decodeItem(row).item, sequence: readNumber(row, "sequence") }),
};

/** As it was written, or undefined if it was written otherwise. */
function parseItem(row: Row): Omit<Item, "itemId"> | undefined {
  const { categories, attributes, available } = parseObject(row, "payload");
  const isWhole =
    isName(readText(row, "id")) &&
    Array.isArray(categories) &&
    categories.every((category) => typeof category === "string") &&
    isJsonObject(attributes) &&
    typeof available === "boolean";
  return isWhole ? { categories, attributes, available } : undefined;
}

/** Withdrawn: no candidate any more, and there for the decisions that saw it, with the features that they saw. */
function salvageItem(row: Row): Omit<Item, "itemId"> {
  const { categories, attributes } = parseObject(row, "payload");
  return {
    categories: Array.isArray(categories) ? categories.map(String) : [],
    attributes: (attributes ?? {}) as JsonObject,
    available: false,
  };
}

function decodeItem(row: Row): { readonly item: Item; readonly isDamaged: boolean } {
  const id = itemId(readText(row, "id"));
  const fields = parseItem(row);
  return { item: { itemId: id, ...(fields ?? salvageItem(row)) }, isDamaged: fields === undefined };
}

function decodeChange(row: Row): ItemChange {
  const change = {
    itemId: itemId(readText(row, "id")),
    sequence: readNumber(row, "sequence"),
    created: readNumber(row, "created"),
    ...(row.created_at !== null && { createdAt: readNumber(row, "created_at") }),
  };
  if (row.payload === null) return { ...change, item: undefined };
  const { item, isDamaged } = decodeItem(row);
  return { ...change, item, ...(isDamaged && { isDamaged }) };
}

export function createItemStore(connection: Connection, commits: GroupCommit): ItemStore {
  const sequence = connection.prepare(
    "SELECT coalesce(max(sequence), 0) AS sequence FROM item_revisions",
  );
  // With max(), SQLite takes the other columns from the row that holds the maximum.
  const changes = connection.prepare(
    `SELECT id, max(sequence) AS sequence, payload,
       (SELECT min(first.sequence) FROM item_revisions AS first WHERE first.id = revision.id) AS created,
       (SELECT first.written_at FROM item_revisions AS first WHERE first.id = revision.id
        ORDER BY first.sequence LIMIT 1) AS created_at
     FROM item_revisions AS revision WHERE sequence > ? AND sequence <= ? GROUP BY id ORDER BY max(sequence)`,
  );
  return {
    ...createRevisionStore({ connection, commits, table: itemTable }),
    sequence: async () => readNumber(sequence.get() ?? {}, "sequence"),
    changes: async ({ after, asOf }) => changes.all(after, asOf).map(decodeChange),
  };
}
