import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { userId } from "../../src/domain/ids.ts";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { hashUniform } from "../../src/numeric/hash.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { connect, eventually, startRecurve } from "../e2e/recurve.ts";
import { adsScenario, openAds, sampleCampaign } from "../support/ads.ts";
import { sampleItem } from "../support/sample.ts";
import { assign, shopConfiguration, shopSnapshot } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

const budget = 20;
const scenario = {
  slateSize: 2,
  fastLoop: { enabled: true, forgetting: 0.94, temperature: 0.05 },
};
const rest = { baselineShare: 0.1 };
const requests = 120;
const clients = 8;

/** Campaigns, a canary, and decisions of months ago for the fast loop to learn from. */
async function makeRecord(): Promise<string> {
  const shop = await openAds(
    [
      sampleCampaign("rich", { bid: 1, budget: { total: budget } }),
      sampleCampaign("house", { bid: 0.2 }),
    ],
    { scenario, rest },
  );
  await shop.engine.putItems(
    Array.from({ length: 12 }, (_, index) =>
      sampleItem(`i-${index}`, { attributes: { campaign: ["rich", "house"][index % 2]! } }),
    ),
  );
  await assign(shop.store, { canary: shopSnapshot(2) }, { canaryShare: 0.3 });
  for (let turn = 0; turn < 100; turn++) {
    const user = userId(`before-${turn}`);
    const { decision } = await shop.engine.recommend({ userId: user });
    const { decisionId, slate } = decision;
    if (turn % 3 === 0)
      await shop.engine.record([{ type: "click", userId: user, itemId: slate[0]!, decisionId }]);
  }
  shop.advance(100_000);
  await shop.close();
  return shop.path;
}

/** Several clients, each of which asks again once it is answered; every second slate is clicked on. */
async function play(client: RecurveClient): Promise<void> {
  let turn = 0;
  const visit = async () => {
    while (turn < requests) {
      const user = `visitor-${turn++}`;
      const { decisionId, slate } = await client.recommend({ userId: user });
      if (hashUniform(user) < 0.5) continue;
      const [{ itemId = "" } = {}] = slate;
      await client.sendEvents([{ type: "click", userId: user, itemId, decisionId }]);
    }
  };
  await Promise.all(Array.from({ length: clients }, visit));
}

/** Paid or outstanding. */
function readSpent(path: string, campaign: string): number {
  const database = new Database(path);
  const spent = database
    .prepare(
      "SELECT sum(amount) AS spent FROM charges WHERE campaign = ? AND (is_paid = 1 OR settled IS NULL)",
    )
    .get([campaign]) as { readonly spent: number };
  database.close();
  return spent.spent;
}

const childrenOf = (pid = 0) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

const configuration = shopConfiguration({ scenario: { ...adsScenario, ...scenario }, rest });

test("two workers on one port decide as one: budgets hold, metrics add up, and the audit derives each decision", {
  timeout: 120_000,
}, async () => {
  const path = await makeRecord();
  const folder = dirname(path);
  writeFileSync(join(folder, "recurve.config.json"), JSON.stringify(configuration));
  const words = ["serve", "--workers", "2", "--no-learner", "--port", "0"];
  const serving = startRecurve(folder, ...words, "--database", path, "--log-format", "json");
  const client = await connect(serving);
  expect(childrenOf(serving.child.pid)).toHaveLength(2);
  await play(client);
  const metrics = await (await fetch(`${client.url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^recurve_decisions_total\{.*\} (\d+)$/gm)];
  expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(requests);
  serving.child.kill("SIGTERM");
  expect(await serving.ended()).toMatchObject({ code: 0 });

  const store = await openStore(path);
  const found = await audit({
    store,
    configuration: parseConfiguration(configuration),
    limit: 300,
  });
  expect(found).toMatchObject({ findings: [], decisions: 100 + requests, armsNotDerivable: 0 });
  const decisions = (await store.decisions.recent(requests)).map(({ decision }) => decision);
  expect(new Set(decisions.map(({ arm }) => arm))).toEqual(
    new Set(["serving", "canary", "baseline"]),
  );
  expect(decisions.filter(({ fastLoop }) => fastLoop).length).toBeGreaterThan(requests / 2);
  await store.close();
  expect(readSpent(path, "rich")).toBeLessThanOrEqual(budget + 1e-9);
});

test("a worker that is killed is started again, and the other one answers meanwhile", {
  timeout: 120_000,
}, async () => {
  const folder = createTestFolder();
  const words = ["serve", "--workers", "2", "--no-learner", "--port", "0"];
  const serving = startRecurve(folder, ...words, "--log-format", "json");
  const client = await connect(serving);
  const before = childrenOf(serving.child.pid);
  process.kill(before[0]!, "SIGKILL");
  await serving.waitFor(/worker 1 ended by SIGKILL/);
  expect((await fetch(`${client.url}/health`)).status).toBe(200);
  const [first] = before;
  await eventually(() => {
    const now = childrenOf(serving.child.pid);
    return now.length === 2 && !now.includes(first!) ? true : undefined;
  });
});

test("if workers can't listen, the command fails as one process would", {
  timeout: 120_000,
}, async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await eventually(() => (other.listening ? true : undefined));
  const { port } = other.address() as { readonly port: number };
  const words = ["serve", "--workers", "2", "--no-learner", "--port", String(port)];
  const { code, output } = await startRecurve(createTestFolder(), ...words).ended();
  other.close();
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining(`port ${port} on 127.0.0.1 is in use`),
  });
});
