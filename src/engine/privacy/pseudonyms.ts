import { EngineError } from "../../domain/errors.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import { formatCounted } from "../../numeric/format.ts";
import type { PseudonymKey } from "../../storage/pseudonym-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { type PseudonymKeyring, readKeyring } from "./read-key.ts";

/** From the ids that callers send, pseudonyms among them, to those of the record. */
export interface Pseudonyms {
  /** In their order; who comes for the first time gets one. @throws not_ready */
  assign(ids: readonly string[]): Promise<readonly UserId[]>;
  /** Undefined for one who never came. @throws not_ready */
  find(id: string): Promise<UserId | undefined>;
}

const refuse = (problem: string) =>
  new EngineError("invalid_configuration", problem, { details: { field: "privacy.pseudonyms" } });

const describeKey = ({ key, users }: PseudonymKey) =>
  `the record keeps ${formatCounted(users, "user")} under the pseudonym key '${key}'`;

/** A record with users of its own under raw ids would become one with both. */
async function checkRecord({ pseudonyms }: Store, { names }: PseudonymKeyring): Promise<void> {
  const known = await pseudonyms.keys();
  if (known.length === 0 && (await pseudonyms.hasUsers()))
    throw refuse(
      "privacy.pseudonyms is set, and the record has users under the ids that callers sent; take their data to a new record with recurve export and recurve import, see docs/guides/privacy.md",
    );
  const lacking = known.find(({ key, users }) => users > 0 && !names.includes(key));
  if (lacking === undefined) return;
  throw refuse(
    `${describeKey(lacking)}, which is none of privacy.pseudonyms (${names.join(", ")}); add its source to previous, or retire it with recurve privacy retire ${lacking.key}`,
  );
}

/**
 * Of a record whose configuration asks for them; else undefined.
 * @throws invalid_configuration if a key is missing, short or another one than the record's, or if the
 * record has ids of the other kind
 */
export async function openPseudonyms(
  store: Store,
  { privacy: { pseudonyms: settings } }: Pick<Configuration, "privacy">,
  now: number,
): Promise<Pseudonyms | undefined> {
  const { pseudonyms } = store;
  if (settings === undefined) {
    const [known] = await pseudonyms.keys();
    if (known === undefined) return undefined;
    throw refuse(`${describeKey(known)}, and privacy.pseudonyms is missing: name the key's source`);
  }
  const keyring = readKeyring(settings);
  await checkRecord(store, keyring);
  await pseudonyms.addKey(keyring.names[0] ?? "", now);
  const findOwn = async (id: string) =>
    isPseudonym.test(id) && (await pseudonyms.has(id)) ? userId(id) : undefined;
  return {
    assign: async (ids) => {
      const own = await Promise.all(ids.map(findOwn));
      const assigned = await pseudonyms.assign(
        ids.filter((_, index) => own[index] === undefined).map(keyring.hash),
      );
      let next = 0;
      return own.map((id) => id ?? assigned[next++] ?? nobody);
    },
    find: async (id) => (await findOwn(id)) ?? pseudonyms.find(keyring.hash(id)),
  };
}

/** Who reads a pseudonym in an answer may send it back. */
const isPseudonym = /^u_[\w-]{22}$/;

/** No user of the record has it. */
export const nobody: UserId = userId("-");

/** The record's id of a user, from the one that callers send. @throws as `openPseudonyms` */
export async function findRecordId(
  parts: { readonly store: Store; readonly configuration: Pick<Configuration, "privacy"> },
  id: string,
): Promise<UserId> {
  const pseudonyms = await openPseudonyms(parts.store, parts.configuration, Date.now());
  return pseudonyms === undefined ? userId(id) : ((await pseudonyms.find(id)) ?? nobody);
}
