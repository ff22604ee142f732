import { expect, test } from "vitest";
import { adsScenario } from "../../../tests/support/ads.ts";
import { importedAt, neverAborted, textSource } from "../../../tests/support/import-rows.ts";
import { shopConfiguration } from "../../../tests/support/shop.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { openStore } from "../../engine/open-store.ts";
import { importRows } from "./import-rows.ts";
import { readRows } from "./read-rows.ts";
import type { Refusal } from "./row.ts";

const { scenarios } = parseConfiguration(shopConfiguration({ scenario: adsScenario }));

async function importCampaigns(text: string, format: "csv" | "jsonl") {
  const store = await openStore(":memory:");
  const refusals: Refusal[] = [];
  const source = await readRows(textSource(text), { kind: "campaigns", format, now: importedAt });
  const counts = await importRows(source, {
    store,
    scenarios,
    writtenAt: importedAt,
    signal: neverAborted,
    onRefusal: (refusal) => refusals.push(refusal),
    onProgress: () => {},
  });
  const { rows } = await store.campaigns.list({ limit: 10 });
  await store.close();
  return { counts, rows, reasons: refusals.map(({ reason }) => reason) };
}

const spring = {
  campaignId: "spring",
  scenario: "shop",
  pays: "click",
  bid: 0.5,
  budget: { day: 20 },
  frequencyCap: { showings: 3, hours: 24 },
};

test("campaigns of a JSONL file are stored, with times as texts", async () => {
  const row = { ...spring, endsAt: "2026-04-01T00:00:00Z" };
  const { rows, counts } = await importCampaigns(`${JSON.stringify(row)}\n`, "jsonl");
  expect(rows).toMatchObject([{ ...spring, endsAt: Date.UTC(2026, 3, 1) }]);
  expect(counts).toEqual({ read: 1, stored: 1, unchanged: 0, refused: 0 });
});

test("columns of a CSV file name fields inside others", async () => {
  const text =
    "campaignId,scenario,pays,bid,budget.day,frequencyCap.showings,frequencyCap.hours\nspring,shop,click,0.5,20,3,24\nopen,shop,impression,0.01,,,\n";
  const { rows } = await importCampaigns(text, "csv");
  expect(rows).toMatchObject([{ campaignId: "open", pays: "impression", bid: 0.01 }, spring]);
  expect(rows[0]).not.toHaveProperty("budget");
});

test("a campaign that doesn't fit its scenario is refused with its reason, and the others are stored", async () => {
  const rows = [
    spring,
    { ...spring, campaignId: "b", bid: 9 },
    { ...spring, campaignId: "c", bid: 0 },
  ];
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  const { counts, reasons } = await importCampaigns(text, "jsonl");
  expect(counts).toEqual({ read: 3, stored: 1, unchanged: 0, refused: 2 });
  expect(reasons).toEqual([
    "bid is 9: rewards of scenario 'shop' reach to 5; bid less, or raise its reward.maximum",
    "bid must be above 0, got 0",
  ]);
});
