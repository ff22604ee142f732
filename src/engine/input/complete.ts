import type { EdgeBody, ItemInput, UserInput } from "../../contract/api.ts";
import type { Item, User } from "../../domain/catalogue.ts";
import type { Edge } from "../../domain/edge.ts";
import { itemId, userId } from "../../domain/ids.ts";

/** Parsed input, completed with the defaults. */
export const completeItem = ({
  itemId: id,
  categories,
  attributes,
  available,
}: ItemInput): Item => ({
  itemId: itemId(id),
  categories: categories ?? [],
  attributes: attributes ?? {},
  available: available ?? true,
});

export const completeUser = ({ userId: id, attributes }: UserInput): User => ({
  userId: userId(id),
  attributes: attributes ?? {},
});

export const completeEdge = ({ userId: id, type, to }: EdgeBody): Edge => ({
  userId: userId(id),
  type,
  to,
});
