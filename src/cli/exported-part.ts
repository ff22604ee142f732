import type { Consent } from "../domain/consent.ts";
import type { Configuration } from "../engine/configuration/configuration.ts";
import type { Store } from "../engine/open-store.ts";
import { withConsent } from "../engine/privacy/with-consent.ts";
import type { TableLimits } from "./export-tables.ts";
import { noteDeed } from "./note-deed.ts";

/** The part of a record that may leave it. */
interface ExportedPart {
  readonly store: Store;
  /** Of users who have stated nothing; absent if refusers are exported too. */
  readonly consent?: Consent;
}

/** Without the rows that refuse training, unless a command asks for them. */
export const exportedPart = (
  parts: { readonly store: Store; readonly configuration: Configuration },
  { withRefusers }: Pick<TableLimits, "withRefusers">,
): ExportedPart =>
  withRefusers
    ? { store: parts.store }
    : { store: withConsent(parts).store, consent: parts.configuration.privacy.consent };

/** On record before its first row, so that no receipt of an erasure misses the file. */
export const noteFile = (store: Store, path = "standard output"): Promise<void> =>
  store.files.add({ kind: "export", path, writtenAt: Date.now() });

/** The same, and on the trail. */
export async function noteExport(store: Store, path = "standard output"): Promise<void> {
  await noteFile(store, path);
  await noteDeed(store, "export", path);
}
