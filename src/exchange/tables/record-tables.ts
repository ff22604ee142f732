import { type Consent, consents } from "../../domain/consent.ts";
import type { Edge } from "../../domain/edge.ts";
import type { Page } from "../../storage/revision-store.ts";
import type { Store } from "../../storage/store.ts";
import { exportDecisions, type WantedDecisions } from "./export-decisions.ts";
import type { RecordTable, TableRow, TimeRange } from "./table.ts";

/** Rows in memory at a time. */
const pageSize = 1000;

const isWithin = (time: number, { from = -Infinity, to = Infinity }: TimeRange) =>
  from <= time && time < to;

const toText = (time: number) => new Date(time).toISOString();

/** Of `decisionTable`. */
export const decisionColumns: RecordTable["columns"] = {
  decisionId: "text",
  userId: "text",
  scenario: "text",
  arm: "text",
  policyVersion: "integer",
  seed: "integer",
  asOf: "integer",
  decidedAt: "time",
  expiresAt: "time",
  exploration: "number",
  fastLoop: "json",
  slatePropensity: "number",
  positionPropensities: "numbers",
  rewards: "numbers",
  slate: "texts",
  candidates: "json",
  offeredBy: "text",
  retriever: "integer",
  offer: "json",
  draw: "json",
  social: "json",
  consent: "json",
  context: "json",
  drawnAt: "time",
};

/** Closed decisions with their rewards, oldest first. */
export const decisionTable = (wanted: WantedDecisions): RecordTable => ({
  columns: decisionColumns,
  rows: exportDecisions(wanted) as AsyncIterable<unknown> as AsyncIterable<TableRow>,
});

async function* readEvents(store: Store, range: TimeRange): AsyncGenerator<TableRow, void> {
  for (let after = 0; ; ) {
    const page = await store.events.scan({ after, limit: pageSize });
    for (const { occurredAt: time, ...event } of page)
      if (isWithin(time, range)) yield { ...event, occurredAt: toText(time) } as TableRow;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.sequence;
  }
}

/** Behaviour events in the order of their event numbers. */
export const eventTable = (store: Store, range: TimeRange): RecordTable => ({
  columns: {
    type: "text",
    userId: "text",
    itemId: "text",
    value: "number",
    occurredAt: "time",
    consent: "json",
    sequence: "integer",
  },
  rows: readEvents(store, range),
});

async function* readPages<T, Id>(
  list: (options: { after?: Id; limit: number }) => Promise<Page<T, Id>>,
  isWanted: (row: T) => boolean = () => true,
): AsyncGenerator<TableRow, void> {
  let after: Id | undefined;
  do {
    const page = await list({ limit: pageSize, ...(after !== undefined && { after }) });
    yield* page.rows.filter(isWanted) as readonly unknown[] as readonly TableRow[];
    after = page.next;
  } while (after !== undefined);
}

/** Items as they are now, by id. */
export const itemTable = ({ items }: Store): RecordTable => ({
  columns: {
    itemId: "text",
    categories: "texts",
    attributes: "json",
    available: "boolean",
    sequence: "integer",
  },
  rows: readPages(items.list),
});

/**
 * Users as they are now, by id.
 * @param defaults consent of those who have stated nothing; users who refuse training are left out. Default: none is
 */
export const userTable = ({ users }: Store, defaults?: Consent): RecordTable => ({
  columns: { userId: "text", attributes: "json", consent: "json", sequence: "integer" },
  rows: readPages(
    users.list,
    ({ consent = {} }) => defaults === undefined || consents(consent, "train", defaults),
  ),
});

async function* readEdges({ edges }: Store): AsyncGenerator<TableRow, void> {
  for (let after: Edge | undefined; ; ) {
    const page = await edges.list({ limit: pageSize, ...(after && { after }) });
    yield* page as readonly unknown[] as readonly TableRow[];
    after = page.at(-1);
    if (after === undefined || page.length < pageSize) return;
  }
}

/** Edges that hold now, by user; friends once. */
export const edgeTable = (store: Store): RecordTable => ({
  columns: { userId: "text", type: "text", to: "text", sequence: "integer" },
  rows: readEdges(store),
});

async function* readCampaigns({ campaigns }: Store): AsyncGenerator<TableRow, void> {
  for await (const row of readPages(campaigns.list)) {
    const { startsAt, endsAt, ...rest } = row;
    yield {
      ...rest,
      ...(typeof startsAt === "number" && { startsAt: toText(startsAt) }),
      ...(typeof endsAt === "number" && { endsAt: toText(endsAt) }),
    };
  }
}

/** Campaigns as they are now, by id. */
export const campaignTable = (store: Store): RecordTable => ({
  columns: {
    campaignId: "text",
    scenario: "text",
    pays: "text",
    bid: "number",
    budget: "json",
    startsAt: "time",
    endsAt: "time",
    frequencyCap: "json",
    sequence: "integer",
  },
  rows: readCampaigns(store),
});

async function* readCycles(
  { cycles }: Store,
  options: { readonly scenario?: string; readonly range: TimeRange },
): AsyncGenerator<TableRow, void> {
  const { scenario, range } = options;
  const [newest] = await cycles.list({ limit: 1 });
  for (let number = 1; number <= (newest?.cycle ?? 0); number++) {
    const cycle = await cycles.find(number);
    if (cycle === undefined || !isWithin(cycle.finishedAt, range)) continue;
    if (scenario !== undefined && cycle.scenario !== scenario) continue;
    const { startedAt, finishedAt, ...rest } = cycle;
    const times = { startedAt: toText(startedAt), finishedAt: toText(finishedAt) };
    yield { ...rest, ...times } as unknown as TableRow;
  }
}

/** Cycles of a scenario or of all, oldest first, with their whole records. */
export const cycleTable = (
  store: Store,
  options: Parameters<typeof readCycles>[1],
): RecordTable => ({
  columns: {
    cycle: "integer",
    scenario: "text",
    outcome: "text",
    reason: "text",
    policyVersion: "integer",
    candidateVersion: "integer",
    throughSequence: "integer",
    startedAt: "time",
    finishedAt: "time",
    record: "json",
  },
  rows: readCycles(store, options),
});
