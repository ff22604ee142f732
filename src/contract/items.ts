import type { JsonObject } from "../domain/json.ts";

/** An item of the catalogue. A withdrawn one has `available: false`. */
export interface ItemBody {
  readonly itemId: string;
  readonly categories: readonly string[];
  readonly attributes: JsonObject;
  readonly available: boolean;
}

/** Body of a put, which writes the whole item. Absent fields are empty, `available` is true. */
export interface ItemFields {
  readonly categories?: readonly string[];
  readonly attributes?: JsonObject;
  readonly available?: boolean;
}

/** An item to write, with its id. */
export interface ItemInput extends ItemFields {
  readonly itemId: string;
}

/** Body of `POST /api/v1/items`: 1 to 1000 items, written all or none. */
export interface ItemsRequest {
  readonly items: readonly ItemInput[];
}
