import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adsScenario, sampleCampaign } from "../../../tests/support/ads.ts";
import { runCommand } from "../../../tests/support/command.ts";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

test("campaigns are reported as a table and as JSON", async () => {
  const folder = createTestFolder();
  const path = join(folder, "shop.db");
  const config = join(folder, "shop.json");
  writeFileSync(config, JSON.stringify(shopConfiguration({ scenario: adsScenario })));
  const { engine } = await openShop({ path, scenario: adsScenario, items: 0 });
  await engine.putCampaigns([sampleCampaign("spring", { budget: { day: 10 } })]);
  const recurve = (...words: readonly string[]) =>
    runCommand("campaigns", "--database", path, "--config", config, ...words);
  const { text } = await recurve();
  expect(text.match(/\w+/g)?.slice(0, 11)).toEqual([
    ...["campaign", "status", "shown", "won", "spend", "reserved", "outcomes"],
    ...["factor", "lead", "explored", "cost"],
  ]);
  expect(text).toMatch(/spring +│ running +│ +0 +│ +– +│ +0\.00/);
  const json = JSON.parse((await recurve("--json", "--days", "7")).text);
  expect(json).toMatchObject([{ campaignId: "spring", impressions: 0, spend: 0 }]);
  expect(await recurve("--scenario", "none")).toMatchObject({ exitCode: 1 });
});
