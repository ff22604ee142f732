import { type CampaignBudget, impression, type ShownAd } from "../../domain/campaign.ts";
import type { Decision } from "../../domain/decision.ts";
import { dayMs } from "../../domain/durations.ts";
import { slotMs, slotOf } from "../../domain/pacing.ts";
import { closesFor } from "../../domain/reward-rule.ts";
import { CampaignClosed, type CampaignSums } from "../campaign-store.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers } from "./group-commit.ts";

const sums = ["impressions", "explored", "spend", "explored_spend", "reserved", "lapsed"] as const;
type Change = Partial<Record<(typeof sums)[number], number>>;

function prepareStatements(connection: Connection) {
  return {
    slot: connection.prepare("SELECT slot FROM auctions WHERE scenario = ?"),
    closed: connection.prepare(
      "SELECT 1 FROM campaign_states WHERE scenario = ? AND sequence > ? AND is_open = 0 LIMIT 1",
    ),
    traffic: connection.prepare(
      `INSERT INTO traffic VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET decisions = decisions + 1`,
    ),
    insert: connection.prepare("INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    add: connection.prepare(
      `INSERT INTO campaign_days (campaign, day, ${sums.join(", ")}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ${sums.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`,
    ),
    find: connection.prepare(
      `SELECT campaign, day, amount, explored FROM charges
       WHERE decision_sequence = ? AND position = ? AND pays = ? AND settled IS NULL`,
    ),
    settle: connection.prepare(
      "UPDATE charges SET settled = ?, is_paid = ? WHERE decision_sequence = ? AND position = ?",
    ),
    lapsed: connection.prepare(
      `SELECT decision_sequence, position, day, amount FROM charges
       WHERE campaign = ? AND settled IS NULL AND expires_at <= ?`,
    ),
    hasLapsed: connection.prepare(
      "SELECT 1 FROM charges WHERE campaign = ? AND settled IS NULL AND expires_at <= ? LIMIT 1",
    ),
    total: connection.prepare(
      `SELECT ${sums.map((name) => `total(${name}) AS ${name}`).join(", ")} FROM campaign_days
       WHERE campaign = ? AND day >= ? AND day <= ?`,
    ),
  };
}

/** Sums of a campaign's charges, with those that lapsed. */
type AllSums = CampaignSums & { readonly lapsed: number };

/** Money that binary fractions lose in a sum. */
const dust = 1e-9;
const readMoney = (row: Row, name: (typeof sums)[number]) =>
  Number(Math.max(0, readNumber(row, name)).toFixed(9));

const decodeSums = (row: Row = {}): AllSums => ({
  impressions: readNumber(row, "impressions"),
  explored: readNumber(row, "explored"),
  spend: readMoney(row, "spend"),
  exploredSpend: readMoney(row, "explored_spend"),
  reserved: readMoney(row, "reserved"),
  lapsed: readNumber(row, "lapsed"),
});

/** Whether budgets have room for one more outcome. */
export const hasRoom = (
  { day = Number.POSITIVE_INFINITY, total = Number.POSITIVE_INFINITY }: CampaignBudget,
  bid: number,
  used: { readonly day: number; readonly total: number },
): boolean => used.day + bid <= day + dust && used.total + bid <= total + dust;

/** Charges of shown ads, and their sums. All but the reads run inside a write transaction. */
export interface Charges {
  /** The slot up to which a scenario's campaigns are paced. */
  slot(scenario: string): number | undefined;
  /** @throws CampaignClosed, before anything is written */
  checkOpen(decision: Decision): void;
  /** Reserves the price of each ad that a decision shows. */
  charge(decision: Decision, sequence: number): void;
  /** Pays for a position if its campaign pays for this outcome, and has not yet. */
  pay(
    sequence: number,
    position: number,
    outcome: { readonly type: string; readonly settled: number },
  ): void;
  hasLapsed(campaign: string, now: number): boolean;
  /** Gives back the reservations of outcomes that can't come any more. */
  lapse(campaign: string, now: number, numbers: EventNumbers): void;
  /** Over the days from ≤ day ≤ to. */
  sums(campaign: string, from: number, to: number): AllSums;
}

type Statements = ReturnType<typeof prepareStatements>;
type Add = (campaign: string, day: number, change: Change) => void;

const createReserve =
  ({ insert }: Statements, add: Add) =>
  (ad: ShownAd, place: { sequence: number; position: number; day: number; expiresAt: number }) => {
    const { sequence, position, day, expiresAt } = place;
    const { campaignId, pays, bid: amount, explored } = ad;
    const isPaid = pays === impression;
    const settled = isPaid ? [sequence, 1] : [null, 0];
    const row = [campaignId, day, pays, amount, explored, expiresAt] as const;
    insert.run(sequence, position, ...row, ...settled);
    const paid = { spend: amount, explored_spend: explored * amount };
    add(campaignId, day, { impressions: 1, explored, ...(isPaid ? paid : { reserved: amount }) });
  };

/** The ends of a reservation. */
const createEnds = (
  { find, settle, lapsed }: Statements,
  add: Add,
): Pick<Charges, "pay" | "lapse"> => ({
  pay: (sequence, position, outcome) => {
    const row = find.get(sequence, position, outcome.type);
    if (row === undefined) return;
    settle.run(outcome.settled, 1, sequence, position);
    const amount = readNumber(row, "amount");
    const explored_spend = readNumber(row, "explored") * amount;
    const change = { spend: amount, explored_spend, reserved: -amount };
    add(readText(row, "campaign"), readNumber(row, "day"), change);
  },
  lapse: (campaign, now, numbers) => {
    const rows = lapsed.all(campaign, now);
    if (rows.length === 0) return;
    const settled = numbers.next();
    for (const row of rows) {
      const place = ["decision_sequence", "position"].map((name) => readNumber(row, name));
      const amount = readNumber(row, "amount");
      settle.run(settled, 0, ...place);
      add(campaign, readNumber(row, "day"), { reserved: -amount, lapsed: amount });
    }
  },
});

export function prepareCharges(connection: Connection): Charges {
  const statements = prepareStatements(connection);
  const add: Add = (campaign, day, change) => {
    statements.add.run(campaign, day, ...sums.map((name) => change[name] ?? 0));
  };
  const reserve = createReserve(statements, add);
  const slot = (scenario: string): number | undefined => {
    const row = statements.slot.get(scenario);
    return row && readNumber(row, "slot");
  };
  return {
    slot,
    checkOpen: ({ decisionId, scenario, asOf }) => {
      if (statements.closed.get(scenario, asOf)) throw new CampaignClosed(decisionId);
    },
    charge: (decision, sequence) => {
      const { ads = [], scenario, decidedAt } = decision;
      // The day of the budgets that were looked at, whatever the clock of another process says.
      const at = Math.max(slotOf(decidedAt), slot(scenario) ?? 0) * slotMs;
      const day = Math.floor(at / dayMs);
      statements.traffic.run(scenario, day, (at % dayMs) / slotMs);
      for (const [position, ad] of ads.entries())
        reserve(ad, { sequence, position, day, expiresAt: closesFor(decision, ad.pays) });
    },
    hasLapsed: (campaign, now) => statements.hasLapsed.get(campaign, now) !== undefined,
    sums: (campaign, from, to) => decodeSums(statements.total.get(campaign, from, to)),
    ...createEnds(statements, add),
  };
}
