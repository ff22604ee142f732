import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { playShop, shopDecisions } from "../../../tests/support/played-shop.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { evaluateLog } from "../../analysis/off-policy/evaluate-log.ts";
import { openLog } from "../../analysis/off-policy/open-log.ts";
import { uniformTarget } from "../../analysis/off-policy/target-policy.ts";
import { exportDecisions } from "../tables/export-decisions.ts";
import { toDsjson } from "./write-dsjson.ts";

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

async function readLines(shop: Awaited<ReturnType<typeof playShop>>, limits: object = {}) {
  const wanted = { ...shopDecisions(shop), ...limits };
  return (await collect(toDsjson(wanted, shop.configuration))).map((line) => JSON.parse(line));
}

test("a line is a position: its features, the chances of all candidates, the chosen one first, and its cost", async () => {
  const shop = await playShop({ decisions: 3 });
  const lines = await readLines(shop);
  const [decision] = await collect(exportDecisions(shopDecisions(shop)));
  const { slate, candidates, positionPropensities, rewards } = decision!;
  expect(lines).toHaveLength(6);
  const [first, second] = lines;
  const ids = candidates.map(({ itemId }) => itemId);
  expect(first.c._multi.map((action: { _tag: string }) => action._tag)).toEqual(ids);
  expect(second.c._multi.map((action: { _tag: string }) => action._tag)).toEqual(
    ids.filter((id) => id !== slate[0]),
  );
  for (const [place, line] of lines.slice(0, 2).entries()) {
    expect(line.c._multi[line.a[0] - 1]._tag).toBe(slate[place]);
    expect([line._label_Action, line._labelIndex]).toEqual([line.a[0], line.a[0] - 1]);
    expect([line.p[0], line._label_probability]).toEqual([
      positionPropensities[place],
      positionPropensities[place],
    ]);
    expect(line._label_cost).toBe(0 - rewards[place]!);
    expect(line.EventId).toBe(`${decision!.decisionId}/${place}`);
    expect(line.a.toSorted()).toEqual(line.c._multi.map((_: unknown, index: number) => index + 1));
    const sum = line.p.reduce((total: number, p: number) => total + p, 0);
    expect(Math.abs(sum - 1)).toBeLessThan(2e-6);
  }
  expect(first.c.Context).toEqual({ "context.turn": 0, "user.city=Graz": expect.any(Number) });
  expect(first.c._multi[1]).toEqual({
    _tag: "i-1",
    Item: { "id=i-1": 1 },
    Features: { "category=comedy": 1, "item.year": Math.log1p(1) / 4 },
  });
});

test("if the record has lost the policy, a line has the chance of the chosen one alone, and is read again", async () => {
  const shop = await playShop({ decisions: 2 });
  await assign(shop.store, { serving: shopSnapshot(9) });
  const own = await shop.store.policies.list({ limit: 9 });
  const lost = { ...shop.store.policies, bytes: async () => undefined };
  const lines = await readLines({ ...shop, store: { ...shop.store, policies: lost } });
  expect(own.length).toBeGreaterThan(0);
  expect(lines.map(({ a, p }) => [a.length, p.length])).toEqual(lines.map(() => [1, 1]));
  const path = join(createTestFolder(), "lost.dsjson");
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
  const rows = await collect((await openLog(path)).read());
  expect(rows[0]).toMatchObject({ candidates: expect.arrayContaining(["i-0", "i-5"]) });
  expect(rows[0]).not.toHaveProperty("propensities");
});

test("under boosts and diversity a line has the chances of all candidates that are left", async () => {
  const rules = { boosts: [{ filter: "year > 3", add: 1 }], diversity: 0.6 };
  const lines = await readLines(await playShop({ decisions: 5, rules }));
  expect(lines).toHaveLength(10);
  for (const { c, p } of lines) {
    expect(p).toHaveLength(c._multi.length);
    const sum = p.reduce((total: number, one: number) => total + one, 0);
    expect(Math.abs(sum - 1)).toBeLessThan(2e-6);
  }
});

test("the file gives the same value as the decisions themselves", async () => {
  const shop = await playShop({ decisions: 40 });
  const folder = createTestFolder();
  const [log, dsjson] = ["shop.jsonl", "shop.dsjson"].map((name) => join(folder, name));
  const decisions = await collect(exportDecisions(shopDecisions(shop)));
  writeFileSync(log!, decisions.map((line) => JSON.stringify(line)).join("\n"));
  const lines = await collect(toDsjson(shopDecisions(shop), shop.configuration));
  writeFileSync(dsjson!, lines.join(""));
  const ips = async (path: string) => {
    const { estimates, log } = await evaluateLog(await openLog(path), async () => uniformTarget);
    return [log.rows, estimates.find(({ estimator }) => estimator === "ips")!.value] as const;
  };
  const [rows, value] = await ips(dsjson!);
  const weights = decisions.flatMap(({ rewards, positionPropensities, candidates }) =>
    rewards.map(
      (reward, place) => reward / (positionPropensities[place]! * (candidates.length - place)),
    ),
  );
  expect(rows).toBe(80);
  expect(value).toBeCloseTo(weights.reduce((sum, one) => sum + one, 0) / weights.length, 12);
});

test("lines are those of the arm and the time", async () => {
  const shop = await playShop({ decisions: 3 });
  expect(await readLines(shop, { arm: "canary" })).toEqual([]);
  const { decidedAt } = (await collect(exportDecisions(shopDecisions(shop))))[2]!;
  expect(await readLines(shop, { range: { from: Date.parse(decidedAt) } })).toHaveLength(2);
});
