import type { Item, User } from "../../domain/catalogue.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { notesField } from "../state/notes.ts";
import { notesOf } from "./item-notes.ts";

/** Attributes and notes that take the place of those with their names. */
export interface UserPatch {
  readonly attributes: JsonObject;
  readonly notes: JsonObject;
}

/** Absent fields stay as they are. */
export interface ItemPatch extends UserPatch {
  readonly categories?: (before: readonly string[]) => readonly string[];
  readonly available?: boolean;
}

/** Changes of single rows. A change that another server makes at the same time is kept. */
export interface RowPatches {
  /** False if there is no such item. */
  patchItem(itemId: string, patch: ItemPatch): Promise<boolean>;
  /** False if there is no such user. */
  patchUser(userId: string, patch: UserPatch): Promise<boolean>;
}

const patched = <Row extends Pick<User, "attributes">>(
  row: Row,
  { attributes, notes }: UserPatch,
): Row => ({
  ...row,
  attributes: {
    ...row.attributes,
    ...attributes,
    [notesField]: { ...notesOf(row), ...notes },
  },
});

export const patchedUser = (user: User, patch: UserPatch): User => patched(user, patch);

export const patchedItem = (item: Item, { categories, available, ...patch }: ItemPatch): Item => ({
  ...patched(item, patch),
  ...(categories && { categories: categories(item.categories) }),
  ...(available !== undefined && { available }),
});

export const createRowPatches = ({
  store: { items, users },
  clock,
}: Pick<RecommendParts, "store" | "clock">): RowPatches => ({
  patchItem: async (id, patch) => {
    const make = (before: Item | undefined) => before && patchedItem(before, patch);
    return (await items.change(itemId(id), make, clock())) !== undefined;
  },
  patchUser: async (id, patch) => {
    const make = (before: User | undefined) => before && patchedUser(before, patch);
    return (await users.change(userId(id), make)) !== undefined;
  },
});
