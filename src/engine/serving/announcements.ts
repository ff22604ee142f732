import { createHash, randomUUID } from "node:crypto";
import type { Json } from "../../domain/json.ts";
import type { NewPolicy, PolicyChange } from "../../storage/policy-store.ts";
import type { Store } from "../../storage/store.ts";

/** Policies that are about to answer: their bytes are in checkpoints before they have a version. */
interface Announcement {
  readonly id: string;
  /** SHA-256 of the bytes, hexadecimal, which is how a version is recognised. */
  readonly checksums: readonly string[];
}

/** A server's word about an announcement. */
interface Readiness {
  readonly announcement: string;
  readonly isReady: boolean;
}

const checkpointOf = (place: number) => `announced/${place}`;

/** Longer than a server takes to look. */
const noticedWithinMs = 2500;
/** A large catalogue takes long to be embedded; beyond it requests wait for the rest. */
const readyWithinMs = 60_000;
const lookMs = 250;

export interface AnnounceParts {
  readonly clock: () => number;
  /** Returns at once after an abort. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Added policies that the change assigns. */
function assignedOf({ add = [], assign }: PolicyChange): readonly NewPolicy[] {
  if (assign === undefined) return [];
  const places = add.map((_, place) => -1 - place);
  const { assignment } = assign(places);
  const assigned = new Set<unknown>(Object.values(assignment));
  return add.filter(({ kind }, place) => kind === "network" && assigned.has(places[place]));
}

async function announce(
  store: Store,
  policies: readonly NewPolicy[],
  { encoders, now }: { readonly encoders: PolicyChange["encoders"]; readonly now: number },
): Promise<string> {
  const id = randomUUID();
  const checksums = policies.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
  await store.policies.apply({
    ...(encoders && { encoders }),
    checkpoints: policies.map(({ bytes }, place) => ({ name: checkpointOf(place), bytes })),
  });
  const key = { kind: "announced", id } as const;
  await store.documents.put(key, { id, checksums } satisfies Announcement as Json, {
    now,
    expiresAt: now + readyWithinMs,
  });
  return id;
}

async function areReady(store: Store, announcement: string, waitedMs: number): Promise<boolean> {
  const words = (await store.documents.list("readied", 100)) as unknown as readonly Readiness[];
  const own = words.filter((word) => word.announcement === announcement);
  return waitedMs >= noticedWithinMs && own.every(({ isReady }) => isReady);
}

/**
 * The store of a learner, whose policies serve only once each server beside it has made them ready: the first requests after a promotion
 * take no longer than others.
 */
export function announcing(store: Store, { clock, wait, signal }: AnnounceParts): Store {
  const apply: Store["policies"]["apply"] = async (change) => {
    const policies = assignedOf(change);
    if (policies.length === 0) return store.policies.apply(change);
    const id = await announce(store, policies, { encoders: change.encoders, now: clock() });
    // Waits are added up: a clock that is set back would hold the promotion up until it has caught up.
    for (let waitedMs = 0; waitedMs < readyWithinMs; waitedMs += lookMs) {
      if (signal.aborted || (await areReady(store, id, waitedMs))) break;
      await wait(lookMs);
    }
    const done = policies.map((_, place) => ({ name: checkpointOf(place) }));
    return store.policies.apply({
      ...change,
      checkpoints: [...(change.checkpoints ?? []), ...done],
    });
  };
  return { ...store, policies: { ...store.policies, apply } };
}

/** Gets announced policies ready, each time it is called: by their checksum and bytes. */
export function createPreparation(
  store: Store,
  {
    clock,
    prepare,
  }: {
    readonly clock: () => number;
    readonly prepare: (checksum: string, bytes: Uint8Array) => Promise<void>;
  },
): () => Promise<void> {
  const server = randomUUID();
  let seen = 0;
  const say = (announcement: string, isReady: boolean) => {
    const now = clock();
    const key = { kind: "readied", id: `${announcement}/${server}` } as const;
    const word: Readiness = { announcement, isReady };
    const options = { now, expiresAt: now + readyWithinMs };
    return store.documents.put(key, word as unknown as Json, options);
  };
  return async () => {
    const { count, last } = await store.documents.since("announced", seen);
    if (count === 0) return;
    seen = last;
    const [newest] = (await store.documents.list("announced", 1)) as unknown as Announcement[];
    if (newest === undefined) return;
    await say(newest.id, false);
    try {
      for (const [place, checksum] of newest.checksums.entries()) {
        const bytes = await store.checkpoints.load(checkpointOf(place));
        if (bytes) await prepare(checksum, bytes);
      }
    } finally {
      await say(newest.id, true);
    }
  };
}
