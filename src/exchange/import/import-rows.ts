import type { Scenario } from "../../domain/scenario.ts";
import { describeProblem, findProblem } from "../../engine/campaigns/check-campaign.ts";
import { createTranslator, findEdges } from "../../engine/privacy/as-sent.ts";
import type { Pseudonyms } from "../../engine/privacy/pseudonyms.ts";
import { describeEdgeProblem, findEdgeProblems } from "../../engine/social/check-edges.ts";
import type { Store } from "../../storage/store.ts";
import { pseudonymiseRows } from "./pseudonymise-rows.ts";
import type { AcceptedRow, ImportedEvent, ImportRow, Refusal, RowSource } from "./row.ts";

/** Rows that go into the store in one commit: enough to hide its cost, few enough to stop soon and to stay small. */
export const batchSize = 1000;

/** `read` is the sum of the others: rows of a batch that was not stored are not counted. */
export interface ImportCounts {
  readonly read: number;
  /** New, or changed. */
  readonly stored: number;
  /** In the store already, as they are. */
  readonly unchanged: number;
  readonly refused: number;
}

export interface ImportOptions {
  readonly store: Store;
  /** Ends the import after the batch that is being stored. */
  readonly signal: AbortSignal;
  /** Time at which new items count as created, milliseconds since 1970. Default: none is on record. */
  readonly writtenAt?: number;
  /** Those that campaigns belong to. Default: none. */
  readonly scenarios?: readonly Scenario[];
  /** Of a record that has other ids of users than the file. */
  readonly pseudonyms?: Pseudonyms | undefined;
  readonly onRefusal: (refusal: Refusal) => void;
  /** Called for every event that is in the store now, new or already stored. */
  readonly onEvent?: (event: ImportedEvent) => void;
  /** After each batch, and at the end, also if that is an error. */
  readonly onProgress: (counts: ImportCounts) => void;
}

/** A campaign is refused if it doesn't fit its scenario. */
function check(row: ImportRow, scenarios: readonly Scenario[] = []): ImportRow {
  const problem = row.kind === "campaign" ? findProblem(scenarios, row.campaign) : undefined;
  if (problem === undefined) return row;
  const { file, line } = row;
  return { file, line, kind: "refused", reason: describeProblem(problem) };
}

/** The rows without the edges of unknown users or to oneself, which are refused before anybody gets a pseudonym. */
async function refuseEdges(
  { store, pseudonyms, onRefusal }: Pick<ImportOptions, "store" | "pseudonyms" | "onRefusal">,
  batch: readonly AcceptedRow[],
): Promise<readonly AcceptedRow[]> {
  const rows = batch.filter((row) => row.kind === "edge");
  const sent = rows.map(({ edge }) => edge);
  const edges = pseudonyms ? await findEdges(sent, createTranslator(pseudonyms)) : sent;
  const problems = await findEdgeProblems(store.users, edges);
  const refused = new Set<AcceptedRow>();
  for (const [index, row] of rows.entries()) {
    const problem = problems[index];
    if (problem === undefined) continue;
    refused.add(row);
    const { file, line, edge } = row;
    onRefusal({ file, line, reason: describeEdgeProblem(problem, edge) });
  }
  return batch.filter((row) => !refused.has(row));
}

/** Number of new or changed rows. The four writes share a commit. */
async function storeBatch(
  { store, writtenAt }: Pick<ImportOptions, "store" | "writtenAt">,
  batch: readonly AcceptedRow[],
): Promise<number> {
  const [items, users, campaigns, edges, outcomes] = await Promise.all([
    store.items.put(
      batch.flatMap((row) => (row.kind === "item" ? [row.item] : [])),
      writtenAt,
    ),
    store.users.put(batch.flatMap((row) => (row.kind === "user" ? [row.user] : []))),
    store.campaigns.put(
      batch.flatMap((row) => (row.kind === "campaign" ? [row.campaign] : [])),
      writtenAt,
    ),
    store.edges.put(batch.flatMap((row) => (row.kind === "edge" ? [row.edge] : []))),
    store.events.record(
      batch.flatMap((row) => (row.kind === "event" ? [{ event: row.event }] : [])),
    ),
  ]);
  const storedEvents = outcomes.filter((outcome) => outcome === "stored").length;
  const puts = [items, users, campaigns, edges].map(({ created, updated }) => created + updated);
  return puts.reduce((sum, put) => sum + put, storedEvents);
}

/**
 * Puts the rows into the store in their order, in batches. Stopped at any point and run again, it
 * ends in the same state as one run. Events are stored as behaviour: they bring no reward to
 * decisions.
 *
 * @throws invalid_file, storage_unavailable; earlier rows stay stored
 */
export async function importRows(source: RowSource, options: ImportOptions): Promise<ImportCounts> {
  const { signal, onRefusal, onProgress } = options;
  const counts = { read: 0, stored: 0, unchanged: 0, refused: 0 };
  let batch: AcceptedRow[] = [];

  async function flush(): Promise<void> {
    const known = await refuseEdges(options, batch);
    const accepted = await pseudonymiseRows(known, options);
    const stored = await storeBatch(options, accepted);
    counts.read += batch.length;
    counts.stored += stored;
    counts.unchanged += accepted.length - stored;
    counts.refused += batch.length - accepted.length;
    for (const row of batch) if (row.kind === "event") options.onEvent?.(row.event);
    batch = [];
    onProgress({ ...counts });
  }

  try {
    for await (const given of source.rows) {
      if (signal.aborted) break;
      const row = check(given, options.scenarios);
      if (row.kind === "refused") {
        counts.read += 1;
        counts.refused += 1;
        onRefusal({ file: row.file, line: row.line, reason: row.reason });
      } else if (batch.push(row) === batchSize) await flush();
    }
    if (!signal.aborted) await flush();
    return counts;
  } finally {
    onProgress({ ...counts });
  }
}
