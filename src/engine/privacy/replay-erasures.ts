import type { ErasureReceipt } from "../../domain/erasure.ts";
import { userId } from "../../domain/ids.ts";
import type { Store } from "../../storage/store.ts";
import { removeRows } from "./erase-user.ts";
import {
  checkSignature,
  isOf,
  parseReceipt,
  receiptHash,
  receiptText,
  signingKeyOf,
} from "./receipt.ts";

/** Erasures of a list that a copy did not know yet, and the users that it still had of them. */
export interface Replayed {
  readonly erasures: number;
  readonly users: number;
}

/** Receipts, one a line. @throws invalid_file */
export const parseReceipts = (text: string): readonly ErasureReceipt[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseReceipt);

/** By id, the receipt that names a user of the copy. */
function findUsers(
  { erasures }: Store,
  receipts: readonly ErasureReceipt[],
): ReadonlyMap<string, ErasureReceipt> {
  const found = new Map<string, ErasureReceipt>();
  for (const id of erasures.userIds()) {
    const own = receipts.find(({ person }) => isOf(person, id));
    if (own !== undefined) found.set(id, own);
  }
  return found;
}

async function findUnknown(
  store: Store,
  receipts: readonly ErasureReceipt[],
): Promise<readonly ErasureReceipt[]> {
  const known = await Promise.all(
    receipts.map((receipt) => store.erasures.has(receiptHash(receipt))),
  );
  return receipts.filter((_, index) => !known[index]);
}

/**
 * Erases from a restored copy those who were erased after it was made. The receipts stay the proof:
 * the copy knows them afterwards.
 * @throws invalid_file if a receipt was changed, or is of another database
 */
export async function replayErasures(
  store: Store,
  receipts: readonly ErasureReceipt[],
  now: number,
): Promise<Replayed> {
  const key = await signingKeyOf(store);
  for (const receipt of receipts) checkSignature(receipt, key);
  const unknown = await findUnknown(store, receipts);
  const users = findUsers(store, unknown);
  for (const receipt of unknown) {
    const named = [...users].find(([, own]) => own === receipt)?.[0];
    // A receipt without a user in the copy is put on record alone.
    const erasing = await store.erasures.begin(userId(named ?? receipt.person.commitment), now);
    await removeRows({ store }, erasing);
    await store.erasures.end(erasing.erasure, {
      at: now,
      seal: () => ({ text: receiptText(receipt), hash: receiptHash(receipt) }),
    });
  }
  if (unknown.length > 0) await store.erasures.deliver();
  return { erasures: unknown.length, users: users.size };
}
