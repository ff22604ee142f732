import { Readable } from "node:stream";
import { type ImportCounts, importRows } from "../../src/exchange/import/import-rows.ts";
import { readRows } from "../../src/exchange/import/read-rows.ts";
import type { Refusal, RowSource } from "../../src/exchange/import/row.ts";
import type { RowKind } from "../../src/exchange/import/row-schema.ts";
import { streamSource, type TextSource } from "../../src/exchange/import/text-source.ts";
import type { Store } from "../../src/storage/store.ts";

/** 2026-11-25T08:00:00Z */
export const importedAt = 1_795_593_600_000;

export const neverAborted: AbortSignal = new AbortController().signal;

/** The text as a source that is called "rows" and comes in pieces of `chunkBytes`. */
export function textSource(text: string | Buffer, chunkBytes = 65_536): TextSource {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return streamSource("rows", Readable.from(chunks), neverAborted);
}

export interface Imported {
  readonly counts: ImportCounts;
  readonly refusals: readonly Refusal[];
}

export async function importSource(store: Store, source: RowSource): Promise<Imported> {
  const refusals: Refusal[] = [];
  const onRefusal = (refusal: Refusal) => void refusals.push(refusal);
  const options = { store, signal: neverAborted, onRefusal, onProgress: () => undefined };
  return { counts: await importRows(source, options), refusals };
}

export async function importText(
  store: Store,
  source: TextSource,
  options: { readonly kind: RowKind; readonly format: "jsonl" | "csv" },
): Promise<Imported> {
  return importSource(store, await readRows(source, { ...options, now: importedAt }));
}
