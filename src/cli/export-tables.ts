import type { Arm } from "../domain/decision.ts";
import type { Configuration } from "../engine/configuration/configuration.ts";
import { findScenario } from "../engine/configuration/find-scenario.ts";
import type { Store } from "../engine/open-store.ts";
import { toDsjson } from "../exchange/bandit/write-dsjson.ts";
import type { WantedDecisions } from "../exchange/tables/export-decisions.ts";
import {
  campaignTable,
  cycleTable,
  decisionTable,
  edgeTable,
  eventTable,
  itemTable,
  userTable,
} from "../exchange/tables/record-tables.ts";
import type { RecordTable, TimeRange } from "../exchange/tables/table.ts";
import { formatCounted } from "../numeric/format.ts";

/** Rows that a command wants; times are milliseconds since 1970. */
export interface TableLimits {
  readonly scenario?: string;
  readonly arm?: Arm;
  readonly from?: number;
  readonly to?: number;
  /** Rows of users who refuse training too. */
  readonly withRefusers?: true;
}

/** The record of a command, and its limits. */
export interface Source {
  /** The part that is exported. */
  readonly store: Store;
  /** The whole of it. */
  readonly all: Store;
  readonly configuration: Configuration;
  readonly options: TableLimits;
}

/** Lines of a format that is no table. */
export interface OpenedLines {
  /** What a line is, for people. */
  readonly rows: string;
  readonly lines: AsyncIterable<string>;
  /** Lines that will be written, at most. */
  readonly count: number;
}

/** Rows of a command. */
export interface OpenedTable {
  readonly table: RecordTable;
  /** Of decisions: the same for VowpalWabbit. */
  readonly dsjson?: OpenedLines;
  /** Of the scenario, for people. */
  readonly of?: string;
  /** Default columns, if not all. */
  readonly columns?: readonly string[];
  /** Rows that will be written, at most. */
  readonly count: number;
  /** Said at the end of a whole export. */
  readonly rest?: (written: number) => Promise<string>;
  /** Said then of rows that are left out. */
  readonly refused?: string;
}

/** Milliseconds since 1970, from ≤ time < to. */
export const rangeOf = ({ from, to }: TableLimits): TimeRange => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});

const isLimited = (options: TableLimits) =>
  options.arm !== undefined || Object.keys(rangeOf(options)).length > 0;

/** A count of refusers is of the whole record: within limits nobody has counted them. */
export function describeRefused(count: number, noun: string, options: TableLimits = {}): string {
  if (count === 0) return "";
  const [refuse, are] = count === 1 ? ["refuses", "is"] : ["refuse", "are"];
  const all = isLimited(options) ? " of the whole record" : "";
  return `; ${formatCounted(count, noun)}${all} that ${refuse} training ${are} left out`;
}

/** Decisions of a scenario that refuse training. */
export async function countRefused(
  { store, all }: Pick<Source, "store" | "all">,
  scenario: string,
): Promise<number> {
  const counts = [all, store].map(({ decisions }) => decisions.count({ scenario }));
  const [whole = 0, left = 0] = await Promise.all(counts);
  return whole - left;
}

/** Closed decisions of the scenario within the limits. @throws unknown_scenario */
export const wantDecisions = ({
  store,
  configuration,
  options,
}: Omit<Source, "all">): WantedDecisions => ({
  store,
  scenario: findScenario(configuration, options.scenario),
  now: Date.now(),
  range: rangeOf(options),
  ...(options.arm && { arm: options.arm }),
});

async function openDecisions(source: Source): Promise<OpenedTable> {
  const { store, all, configuration, options } = source;
  const wanted = wantDecisions(source);
  const { scenario, now } = wanted;
  const { name } = scenario;
  const closed = { scenario: name, after: 0, closedBefore: now };
  const { count } = await store.decisions.closedSpan(closed);
  return {
    of: name,
    count,
    table: decisionTable(wanted),
    dsjson: {
      rows: "choices",
      lines: toDsjson(wanted, configuration),
      count: count * scenario.slateSize,
    },
    refused: describeRefused(await countRefused({ store, all }, name), "decision", options),
    ...(!isLimited(options) && {
      rest: async (written) => {
        const open = (await store.decisions.count({ scenario: name })) - written;
        return open === 1
          ? "; 1 still waits for its reward"
          : `; ${open} still wait for their reward`;
      },
    }),
  };
}

async function openCycles({ store, configuration, options }: Source): Promise<OpenedTable> {
  const range = rangeOf(options);
  const [newest] = await store.cycles.list({ limit: 1 });
  const count = newest?.cycle ?? 0;
  if (options.scenario === undefined) return { count, table: cycleTable(store, { range }) };
  const { name: scenario } = findScenario(configuration, options.scenario);
  return { of: scenario, count, table: cycleTable(store, { scenario, range }) };
}

export interface TableKind {
  readonly open: (source: Source) => Promise<OpenedTable>;
  readonly description: string;
  /** Default of `--scenario`; absent without that option. */
  readonly scenario?: string;
  /** Its rows are of users: refusers are left out, and receipts list its files. */
  readonly hasUsers?: true;
  readonly hasArm?: true;
  readonly hasTime?: true;
  readonly hasDsjson?: true;
}

export const tableNames = [
  "decisions",
  "events",
  "items",
  "users",
  "edges",
  "campaigns",
  "cycles",
] as const;
export type TableName = (typeof tableNames)[number];

export const tableKinds: Readonly<Record<TableName, TableKind>> = {
  decisions: {
    open: openDecisions,
    description:
      "Write decisions with propensities, candidates and rewards, for recurve evaluate off-policy and other tools",
    scenario: "the first of the configuration",
    hasArm: true,
    hasTime: true,
    hasUsers: true,
    hasDsjson: true,
  },
  events: {
    open: async ({ store, all, options }) => {
      const count = await store.events.count();
      const refused = (await all.events.count()) - count;
      return {
        table: eventTable(store, rangeOf(options)),
        columns: ["type", "userId", "itemId", "value", "occurredAt", "consent"],
        count,
        refused: describeRefused(refused, "event", options),
      };
    },
    description: "Write behaviour events in their order",
    hasTime: true,
    hasUsers: true,
  },
  items: {
    open: async ({ store }) => ({
      table: itemTable(store),
      columns: ["itemId", "categories", "attributes", "available"],
      count: await store.items.count(),
    }),
    description: "Write the catalogue as it is now",
  },
  users: {
    open: async ({ store, configuration, options }) => {
      const count = await store.users.count();
      const { consent } = configuration.privacy;
      const table = userTable(store, options.withRefusers ? undefined : consent);
      const rest = async (written: number) => describeRefused(count - written, "user");
      return { table, columns: ["userId", "attributes", "consent"], count, rest };
    },
    description: "Write the users as they are now",
    hasUsers: true,
  },
  edges: {
    open: async ({ store, all }) => {
      const count = await store.edges.count();
      return {
        table: edgeTable(store),
        columns: ["userId", "type", "to"],
        count,
        refused: describeRefused((await all.edges.count()) - count, "edge"),
      };
    },
    description: "Write the edges between users that hold now",
    hasUsers: true,
  },
  campaigns: {
    open: async ({ store }) => ({
      table: campaignTable(store),
      columns: [
        ...["campaignId", "scenario", "pays", "bid", "budget"],
        ...["startsAt", "endsAt", "frequencyCap"],
      ],
      count: await store.campaigns.count(),
    }),
    description: "Write the campaigns as they are now",
  },
  cycles: {
    open: openCycles,
    description: "Write the learning cycles with their records",
    scenario: "all",
    hasTime: true,
  },
};
