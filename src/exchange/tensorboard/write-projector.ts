import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogueItem } from "./projected-items.ts";

const cell = (text: string) => text.replaceAll(/[\t\r\n]+/g, " ");

const configuration = `embeddings {
  tensor_name: "items"
  tensor_path: "item-vectors.tsv"
  metadata_path: "item-names.tsv"
}
`;

/** Vectors of items for TensorBoard's projector, in the place of those that the folder has. */
export async function writeProjector(
  folder: string,
  items: readonly CatalogueItem[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = {
    "item-vectors.tsv": items.map(({ vector }) => Array.from(vector).join("\t")),
    "item-names.tsv": [
      ["item", "title", "category"].join("\t"),
      ...items.map(({ itemId, title, category }) => [itemId, title, category].map(cell).join("\t")),
    ],
    "projector_config.pbtxt": [configuration.trimEnd()],
  };
  for (const [name, lines] of Object.entries(files)) {
    const draft = join(folder, `${name}.draft`);
    await writeFile(draft, `${lines.join("\n")}\n`);
    await rename(draft, join(folder, name));
  }
}
