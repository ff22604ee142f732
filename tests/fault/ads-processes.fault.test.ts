import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../support/ads.ts";

const server = join(import.meta.dirname, "ads-server.ts");

const budgets = [1, 3, 10, 25, 60];

/** Of each campaign: prices of what was paid for or is outstanding. */
function readUsed(path: string): ReadonlyMap<string, number> {
  const database = new Database(path);
  const rows = database
    .prepare(
      `SELECT campaign, sum(amount) AS used FROM charges
       WHERE is_paid = 1 OR settled IS NULL GROUP BY campaign`,
    )
    .all([]) as { readonly campaign: string; readonly used: number }[];
  database.close();
  return new Map(rows.map(({ campaign, used }) => [campaign, used]));
}

test("two servers with 16 clients on one file exceed no budget, and the audit derives their decisions", async () => {
  const house = sampleCampaign("house", { bid: 0.05 });
  const bids = [1, 0.7, 1, 2, 1.5];
  const { path, run } = await openAds([
    house,
    ...budgets.map((total, index) =>
      sampleCampaign(`c-${index}`, { bid: bids[index]!, budget: { total } }),
    ),
  ]);
  const children = ["one", "two"].map((name) =>
    spawn(process.execPath, ["--import", "tsx", server, path, name, "150", "8"], {
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  const exits = await Promise.all(children.map((child) => once(child, "exit")));
  expect(exits).toEqual([
    [0, null],
    [0, null],
  ]);
  const used = readUsed(path);
  for (const [index, budget] of budgets.entries()) {
    const spent = used.get(`c-${index}`) ?? 0;
    expect(spent).toBeLessThanOrEqual(budget + 1e-9);
    // The traffic exhausts each.
    expect(spent).toBeGreaterThan(budget - bids[index]!);
  }
  const { findings, decisions } = await run();
  expect({ findings, decisions }).toEqual({ findings: [], decisions: 300 });
});
