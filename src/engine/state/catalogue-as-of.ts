import type { ItemStore } from "../../storage/item-store.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import type { TextSettings } from "./text/text-features.ts";

/**
 * Changes that can be taken back, some 1 kB each. Decisions are read in the order in which they
 * were written, and those made side by side began as of event numbers a few apart.
 */
const remembered = 10_000;

/** The catalogue as of an event number. It stays so until the next call, so calls are made one after the other. */
export type CatalogueAsOf = (asOf: number) => Promise<Catalogue>;

/**
 * Catalogues as of event numbers that ascend but for small steps back, by reading each change once.
 * A larger step back reads the catalogue anew.
 */
export function createCatalogueAsOf(
  items: ItemStore,
  text: TextSettings | undefined,
): CatalogueAsOf {
  let catalogue = createCatalogue(items, { text, remembered });
  return async (asOf) => {
    if (!catalogue.rewind(asOf)) catalogue = createCatalogue(items, { text, remembered });
    await catalogue.refresh(asOf);
    return catalogue;
  };
}
