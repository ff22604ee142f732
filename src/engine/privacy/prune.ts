import { dayMs } from "../../domain/durations.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import type { RetentionStore, RevisionKind } from "../../storage/retention-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";

/** Rows, snapshots and encoders that a sweep removed. */
export type Pruned = Readonly<
  Record<"decisions" | "events" | RevisionKind | "snapshots" | "encoders" | "cycles", number>
>;

export interface PruneOptions {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "privacy">;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Ends the sweep after the page that is under way. */
  readonly signal?: AbortSignal;
  /** Between two pages. Default: all that waits in the event loop has its turn. */
  readonly rest?: () => Promise<void>;
  readonly onProgress?: (pruned: Pruned) => void;
}

type Name = keyof Pruned;

const nothing: Pruned = {
  decisions: 0,
  events: 0,
  users: 0,
  items: 0,
  edges: 0,
  snapshots: 0,
  encoders: 0,
  cycles: 0,
};

/** Counts pages, and lets others have their turn between them. */
interface Tally {
  readonly counts: Record<Name, number>;
  /** False if the sweep is to end. */
  add(name: Name, removed: number): Promise<boolean>;
}

function createTally({ signal, rest, onProgress }: PruneOptions): Tally {
  const counts = { ...nothing };
  const yieldTurn = rest ?? (() => new Promise<void>((resolve) => setImmediate(resolve)));
  return {
    counts,
    add: async (name, removed) => {
      counts[name] += removed;
      if (removed > 0) onProgress?.(counts);
      if (signal?.aborted) return false;
      await yieldTurn();
      return true;
    },
  };
}

async function pruneDecisions(store: RetentionStore, before: number, tally: Tally) {
  for (const scenario of await store.scenarios()) {
    for (;;) {
      const removed = await store.sweepDecisions(scenario, before);
      if (!(await tally.add("decisions", removed))) return;
      if (removed === 0) break;
    }
  }
}

async function pruneEvents(
  store: RetentionStore,
  before: Parameters<RetentionStore["sweepEvents"]>[1],
  tally: Tally,
) {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: { removed: number; next?: number } = await store.sweepEvents(after, before);
    if (!(await tally.add("events", page.removed))) return;
    after = page.next;
  }
}

async function pruneRevisions(store: RetentionStore, kind: RevisionKind, tally: Tally) {
  const oldestRead = await store.oldestRead();
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: { removed: number; next?: string } = await store.sweepRevisions(
      kind,
      after,
      oldestRead,
    );
    if (!(await tally.add(kind, page.removed))) return;
    after = page.next;
  }
}

/** Those that no snapshot stands on any more. */
async function pruneEncoders({ retention, policies }: Store, tally: Tally) {
  const { versions, encoders } = await retention.snapshots();
  const used = new Set<string | undefined>();
  for (const version of versions) {
    const bytes = await policies.bytes(version);
    if (bytes !== undefined) used.add(decodeTensors(bytes).meta.encoder);
  }
  for (const hash of encoders.filter((one) => !used.has(one))) {
    await retention.removeEncoder(hash);
    if (!(await tally.add("encoders", 1))) return;
  }
}

async function pruneSnapshots(store: Store, before: number, tally: Tally) {
  const oldestRead = await store.retention.oldestRead();
  for (;;) {
    const removed = await store.retention.sweepSnapshots(before, oldestRead);
    if (!(await tally.add("snapshots", removed.length))) return;
    if (removed.length === 0) break;
  }
  if (tally.counts.snapshots > 0) await pruneEncoders(store, tally);
}

/** Decisions first: rows that only they read go after them. */
async function pruneWithDecisions(store: Store, before: number, tally: Tally) {
  await pruneDecisions(store.retention, before, tally);
  for (const kind of ["users", "items", "edges"] as const)
    await pruneRevisions(store.retention, kind, tally);
  await pruneSnapshots(store, before, tally);
}

/**
 * Removes rows that are past their time by `privacy.retention`, page by page; between them requests have
 * their turn. Pages of the file that became free go back to the disk.
 */
export async function prune(options: PruneOptions): Promise<Pruned> {
  const { store, configuration, clock } = options;
  const { eventDays, decisionDays, cycleDays } = configuration.privacy.retention;
  const tally = createTally(options);
  const before = (days: number) => clock() - days * dayMs;
  if (decisionDays !== undefined) await pruneWithDecisions(store, before(decisionDays), tally);
  const { default: others, ...types } = eventDays;
  if (Object.keys(eventDays).length > 0) {
    const ends = Object.entries(types).map(([type, days]) => [type, before(days)] as const);
    await pruneEvents(
      store.retention,
      { types: Object.fromEntries(ends), ...(others !== undefined && { others: before(others) }) },
      tally,
    );
  }
  if (cycleDays !== undefined) {
    while (await tally.add("cycles", 0)) {
      const removed = await store.retention.sweepCycles(before(cycleDays));
      tally.counts.cycles += removed;
      if (removed === 0) break;
    }
  }
  while ((await store.retention.shrink()) && (await tally.add("events", 0)));
  return tally.counts;
}
