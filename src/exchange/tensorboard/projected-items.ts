import type { Item } from "../../domain/catalogue.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import { createCatalogue } from "../../engine/state/catalogue.ts";
import { encodersOf } from "../../engine/state/encoders.ts";
import { createItemEmbedder } from "../../policy/item-embedder.ts";
import type { Network } from "../../policy/network.ts";
import { readNetwork } from "../../policy/network-policy.ts";
import type { ItemView } from "../../policy/policy.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import type { Store } from "../../storage/store.ts";

/** Items that the projector is given: it draws all of them. */
export const projectedItems = 10_000;

/** An item where a policy places it, with names for people. */
export interface CatalogueItem {
  readonly itemId: ItemId;
  /** Empty if the item's attributes have none. */
  readonly title: string;
  readonly category: string;
  readonly vector: Float32Array;
}

/** Where the encoder places the items; without one, where the network does. */
async function placeItems(
  network: Network,
  views: readonly ItemView[],
): Promise<readonly Float32Array[]> {
  const { encoder } = network;
  if (encoder) return views.map((view) => encoder.vectorOf(view));
  const embedder = await createItemEmbedder(network, 1);
  const { heads, width } = network.shape;
  const embedded = await embedder.embed(views).finally(() => embedder.close());
  const stride = heads * (width + 1);
  return views.map((_, index) => embedded.subarray(index * stride, index * stride + width));
}

const titleOf = (attributes: JsonObject) => {
  const found = attributes.title ?? attributes.name;
  return typeof found === "string" ? found : "";
};

const pageSize = 1000;

async function readItems({ items }: Store, limit: number): Promise<readonly Item[]> {
  const read: Item[] = [];
  for (let after: ItemId | undefined, more = true; more && read.length < limit; ) {
    const page = await items.list({ limit: pageSize, ...(after !== undefined && { after }) });
    read.push(...page.rows);
    after = page.next;
    more = after !== undefined;
  }
  return read.slice(0, limit);
}

/** The first items of the catalogue by id as a network policy places them; none for a policy without a network. */
export async function readProjectedItems(
  { store, configuration }: { readonly store: Store; readonly configuration: Configuration },
  { version, limit }: { readonly version: number; readonly limit: number },
): Promise<readonly CatalogueItem[]> {
  const bytes = await store.policies.bytes(version);
  const file = bytes && decodeTensors(bytes);
  if (file?.meta.kind !== "network") return [];
  const network = await readNetwork(file, encodersOf(store.policies));
  const catalogue = createCatalogue(store.items, configuration);
  await catalogue.refresh(await store.sequence());
  const items = await readItems(store, limit);
  const vectors = await placeItems(
    network,
    items.map(({ itemId }) => catalogue.get(itemId)),
  );
  return vectors.flatMap((vector, index) => {
    const item = items[index];
    if (item === undefined) return [];
    const { itemId, categories, attributes } = item;
    return [{ itemId, title: titleOf(attributes), category: categories[0] ?? "", vector }];
  });
}
