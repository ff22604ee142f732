import type { ErasureReceipt } from "../../domain/erasure.ts";
import { userId } from "../../domain/ids.ts";
import type { Store } from "../../storage/store.ts";
import { hasLearntFromErased, namedVersions } from "./learnt-policies.ts";
import { checkSignature, isOf, receiptHash, signingKeyOf } from "./receipt.ts";

/** An erasure as the record has it. */
export interface Verification {
  /** The record has this erasure; a restored copy of before has not. */
  readonly isOnRecord: boolean;
  /** Rows of the user from before the erasure: none, if all is well. */
  readonly rowsBefore: number;
  /** Rows that were written since: the user came back. */
  readonly rowsSince: number;
  /** By scenario: policies of the receipt that are still in use. */
  readonly pending: Readonly<Record<string, readonly number[]>>;
  /** By scenario: policies of the receipt that answer no more. */
  readonly retired: Readonly<Record<string, readonly number[]>>;
}

/** Ids that the receipt is about: at most one, whatever the record holds. */
function findUsers({ erasures }: Store, { person }: ErasureReceipt): readonly string[] {
  const found = new Set<string>();
  for (const id of erasures.userIds()) if (isOf(person, id)) found.add(id);
  return [...found];
}

async function countRows(store: Store, receipt: ErasureReceipt) {
  let [rowsBefore, rowsSince] = [0, 0];
  for (const id of findUsers(store, receipt)) {
    const { before, since } = await store.erasures.count(userId(id), receipt.sequence);
    rowsBefore += before;
    rowsSince += since;
  }
  return { rowsBefore, rowsSince };
}

async function comparePolicies(store: Store, { policies }: ErasureReceipt) {
  const pending: Record<string, readonly number[]> = {};
  const retired: Record<string, readonly number[]> = {};
  for (const [scenario, versions] of Object.entries(policies)) {
    const named = namedVersions(await store.policies.assignment(scenario));
    const used = versions.filter((version) => named.includes(version));
    const left = await Promise.all(
      used.map((version) => hasLearntFromErased(store, scenario, version)),
    );
    pending[scenario] = used.filter((_, index) => left[index]);
    retired[scenario] = versions.filter((version) => !named.includes(version));
  }
  return { pending, retired };
}

/**
 * Compares a receipt with the record, which holds nothing of the user: each id that it has is
 * compared with the commitment.
 * @throws invalid_file if the receipt was changed, or is of another database
 */
export async function verifyReceipt(store: Store, receipt: ErasureReceipt): Promise<Verification> {
  checkSignature(receipt, await signingKeyOf(store));
  return {
    isOnRecord: await store.erasures.has(receiptHash(receipt)),
    ...(await countRows(store, receipt)),
    ...(await comparePolicies(store, receipt)),
  };
}
