import type { KeyObject } from "node:crypto";
import { dayMs } from "../../domain/durations.ts";
import type { ErasureReceipt, WrittenFile } from "../../domain/erasure.ts";
import type { UserId } from "../../domain/ids.ts";
import type { DifferentialSettings } from "../../domain/privacy.ts";
import type { Deed } from "../../domain/trail.ts";
import type { Erased, Erasing } from "../../storage/erasure-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { namedVersions } from "./learnt-policies.ts";
import { commitmentOf, isOf, parseReceipt, sealReceipt, signingKeyOf } from "./receipt.ts";

export interface EraseParts {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "scenarios" | "privacy">;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Who asks for it, for the trail. */
  readonly who?: Pick<Deed, "by" | "key">;
  /** Called with the rows removed so far. */
  readonly onProgress?: (rows: number) => void;
}

const toTime = (milliseconds: number) => new Date(milliseconds).toISOString();

const describeFile = ({ writtenAt, ...file }: WrittenFile) => ({
  ...file,
  writtenAt: toTime(writtenAt),
});

const promiseOf = ({ epsilon, delta }: DifferentialSettings) => ({ epsilon, delta });

/** Contents of a receipt beside the removed rows. */
interface Surroundings {
  readonly key: KeyObject;
  readonly files: readonly WrittenFile[];
  readonly policies: ErasureReceipt["policies"];
  readonly now: number;
  readonly retireBy: number;
  readonly differential: DifferentialSettings | undefined;
}

/** Policies in use that were made after the user's first row. */
async function findLearnt({ store, configuration }: EraseParts, { erasure }: Erasing) {
  const begun = (await store.erasures.unfinished()).find((one) => one.erasure === erasure);
  if (begun?.first === undefined) return {};
  const before = await store.policies.newestAt(begun.first);
  const policies: Record<string, readonly number[]> = {};
  for (const { name } of configuration.scenarios) {
    const named = namedVersions(await store.policies.assignment(name));
    policies[name] = named.filter((version) => version > before);
  }
  return policies;
}

async function readSurroundings(parts: EraseParts, erasing: Erasing): Promise<Surroundings> {
  const { store, configuration, clock } = parts;
  const now = clock();
  return {
    now,
    policies: await findLearnt(parts, erasing),
    key: await signingKeyOf(store),
    files: await store.files.list(),
    retireBy: now + configuration.privacy.relearnDays * dayMs,
    differential: configuration.privacy.differential,
  };
}

const sealOf =
  ({ key, files, policies, now, retireBy, differential }: Surroundings) =>
  (erased: Erased) => {
    const { salt, userId, begunAt, sequence, rows, digests } = erased;
    return sealReceipt(
      {
        ...({ kind: "erasure", version: 1 } as const),
        person: { salt, commitment: commitmentOf(salt, userId) },
        requestedAt: toTime(begunAt),
        erasedAt: toTime(now),
        sequence,
        rows,
        digests,
        policies,
        retireBy: toTime(retireBy),
        files: files.map(describeFile),
        ...(differential && { differential: promiseOf(differential) }),
      },
      key,
    );
  };

/** Removes the rows page by page; each page leaves room for other writes. */
export async function removeRows(
  { store, onProgress }: Pick<EraseParts, "store" | "onProgress">,
  { erasure }: Erasing,
): Promise<void> {
  let rows = 0;
  for (;;) {
    const removed = await store.erasures.removePage(erasure);
    if (removed === 0) return;
    rows += removed;
    onProgress?.(rows);
  }
}

async function findUndelivered({ store }: EraseParts, userId: UserId): Promise<string | undefined> {
  const receipts = await store.erasures.undelivered();
  return receipts.find((text) => isOf(parseReceipt(text).person, userId));
}

/** @returns undefined if another call ended it */
async function finish(parts: EraseParts, erasing: Erasing): Promise<string | undefined> {
  await removeRows(parts, erasing);
  const surroundings = await readSurroundings(parts, erasing);
  const { now: at } = surroundings;
  return parts.store.erasures.end(erasing.erasure, { at, seal: sealOf(surroundings) });
}

/**
 * Removes a user and all that was derived from them and has a name; see docs/guides/privacy.md. A
 * call that is broken off is continued by the next one, or by a learner. A user without rows gets a
 * receipt of zero rows.
 */
export async function eraseUser(parts: EraseParts, userId: UserId): Promise<ErasureReceipt> {
  const { erasures, trail } = parts.store;
  await trail.add({ kind: "erase", madeAt: parts.clock(), ...parts.who });
  for (;;) {
    const text =
      (await findUndelivered(parts, userId)) ??
      (await finish(parts, await erasures.begin(userId, parts.clock())));
    if (text === undefined) continue;
    await erasures.deliver();
    return parseReceipt(text);
  }
}

/** Ends the erasures that were broken off; their number. */
export async function continueErasures(parts: EraseParts): Promise<number> {
  const { erasures } = parts.store;
  const unfinished = await erasures.unfinished();
  for (const erasing of unfinished) await finish(parts, erasing);
  if ((await erasures.undelivered()).length > 0) await erasures.deliver();
  return unfinished.length;
}
