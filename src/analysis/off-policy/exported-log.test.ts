import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, test } from "vitest";
import { sampleDecision } from "../../../tests/support/sample.ts";
import { assign, openShop, shopConfiguration, shopSnapshot } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { exportDecisions } from "../../exchange/tables/export-decisions.ts";
import { decisionTable } from "../../exchange/tables/record-tables.ts";
import { toParquet } from "../../exchange/tables/write-parquet.ts";
import { createRandom } from "../../numeric/random.ts";
import type { LogRow } from "./decision-log.ts";
import { evaluateLog } from "./evaluate-log.ts";
import { createLoggingPolicies } from "./logging-policies.ts";
import { openLog } from "./open-log.ts";
import { createSnapshotTarget } from "./snapshot-target.ts";
import { uniformTarget } from "./target-policy.ts";
import { leaveOutSeen } from "./unseen-log.ts";

const configuration = parseConfiguration(shopConfiguration());
const scenario = configuration.scenarios[0]!;

/** A shop with 60 decisions of two items, whose export is a file; one more decision is still open. */
async function exportShop(rest = {}) {
  const { engine, store, advance, clock } = await openShop({ rest });
  const [serving, other] = await assign(store, {
    serving: shopSnapshot(),
    canary: shopSnapshot(2),
  });
  const random = createRandom(4);
  for (let turn = 0; turn < 60; turn++) {
    if (turn === 20) advance(1);
    const user = userId(`user-${turn % 40}`);
    const { decision } = await engine.recommend({ userId: user, context: { turn } });
    const [first] = decision.slate;
    if (random.uniform() < 0.4) {
      const { decisionId } = decision;
      await engine.record([{ type: "buy", userId: user, itemId: first!, decisionId, value: 9 }]);
    }
  }
  advance(600);
  await engine.recommend({ userId: userId("late") });
  const path = join(createTestFolder(), "shop.jsonl");
  const decisions = exportDecisions({ store, scenario, now: clock() });
  await pipeline(
    Readable.from(decisions).map((decision: object) => `${JSON.stringify(decision)}\n`),
    createWriteStream(path),
  );
  return { path, store, serving: serving!, other: other! };
}

test("an export tells which decisions the fast loop had a part in", async () => {
  const { store, clock } = await openShop();
  const settings = { forgetting: 0.998, temperature: 0.03, drawScale: 0.2 };
  const fastLoop = { version: 1, through: 640, renewal: 208, ...settings };
  await store.decisions.append(sampleDecision("d-1", { fastLoop }));
  await store.decisions.append(sampleDecision("d-2"));
  const lines: object[] = [];
  for await (const line of exportDecisions({ store, scenario, now: clock() })) lines.push(line);
  expect(lines[0]).toMatchObject({ decisionId: "d-1", fastLoop });
  expect(lines[1]).not.toHaveProperty("fastLoop");
});

test("an export holds closed decisions with what they earned, and is read again row by row", async () => {
  const { path } = await exportShop();
  const lines = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(60);
  expect(Object.keys(lines[0])).toEqual([
    "decisionId",
    "userId",
    "scenario",
    "arm",
    "policyVersion",
    "seed",
    "asOf",
    "decidedAt",
    "expiresAt",
    "exploration",
    "slatePropensity",
    "positionPropensities",
    "rewards",
    "slate",
    "candidates",
    "offeredBy",
    "context",
  ]);
  // A purchase of 9 × weight 4 is clipped to 5; no event is 0.
  const rewards = lines.flatMap((line) => line.rewards);
  expect(new Set(rewards)).toEqual(new Set([0, 5]));
  const evaluation = await evaluateLog(await openLog(path), async () => uniformTarget);
  expect(evaluation.log).toMatchObject({
    format: "Recurve export",
    rows: 120,
    users: 40,
    positions: 2,
    actions: 6,
  });
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  expect(evaluation.logged.value).toBeCloseTo(mean, 12);
  // The log alone: π is 1/6 at the first position, and 1/5 at the second below that item.
  expect(evaluation.log.slates).toEqual({ marginals: 0, prefix: 60 });
  const weights = lines.flatMap(({ positionPropensities: [p, q] }) => [1 / 6 / p, 1 / 30 / p / q]);
  expect(evaluation.diagnostics.largestWeight).toBeCloseTo(Math.max(...weights), 9);
});

test.each([
  ["", {}],
  [", with the consents of those who stated nothing", { personalise: false }],
])("an export in Parquet is read as the same in JSONL%s", async (_, consent) => {
  const { path, store } = await exportShop({ privacy: { consent } });
  const now = Date.parse("2100-01-01");
  const parquet = join(createTestFolder(), "shop.parquet");
  await pipeline(
    Readable.from(toParquet(decisionTable({ store, scenario, now, range: { to: now } }))),
    createWriteStream(parquet),
  );
  const rowsOf = async (file: string) => {
    const rows = [];
    for await (const row of (await openLog(file)).read()) rows.push(row);
    return rows;
  };
  const [expected, found] = [await rowsOf(path), await rowsOf(parquet)];
  expect(expected).toHaveLength(120);
  const { decision } = expected[0] as LogRow;
  expect(decision?.consent ?? {}).toEqual(consent);
  expect(found.slice(0, 120)).toEqual(expected);
});

test("a snapshot chooses again as it did: the one that served has weight 1 in every row, another has not", async () => {
  const { path, store, serving, other } = await exportShop();
  const evaluate = async (version: number) =>
    evaluateLog(await openLog(path), async () =>
      createSnapshotTarget({ store, configuration }, version),
    );
  const { diagnostics: canary } = await evaluate(other);
  expect(canary.effectiveSampleShare).toBeLessThan(0.99);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const own = join(createTestFolder(), "own.jsonl");
  writeFileSync(own, lines.filter((line) => JSON.parse(line).policyVersion === serving).join("\n"));
  const { diagnostics, target } = await evaluateLog(await openLog(own), async () =>
    createSnapshotTarget({ store, configuration }, serving),
  );
  expect(target).toBe(`policy ${serving}`);
  expect(diagnostics.largestWeight).toBeCloseTo(1, 6);
  expect(diagnostics.effectiveSampleShare).toBeCloseTo(1, 9);
});

test("with the record slates are judged by marginals, unless it tells otherwise than the log", async () => {
  const { path, store } = await exportShop();
  const evaluate = async (file: string) => {
    const logging = createLoggingPolicies({ store, configuration });
    return evaluateLog(await openLog(file), async () => uniformTarget, logging);
  };
  const { log, diagnostics } = await evaluate(path);
  expect(log.slates).toEqual({ marginals: 60, prefix: 0 });
  expect(Math.abs(diagnostics.meanWeight - 1)).toBeLessThan(
    4 * diagnostics.meanWeightStandardError,
  );
  const [first, second, ...rest] = readFileSync(path, "utf8").trimEnd().split("\n");
  const { positionPropensities, ...changed } = JSON.parse(first!);
  const doubtful = [
    { ...changed, positionPropensities: positionPropensities.map((p: number) => p / 2) },
    { ...JSON.parse(second!), policyVersion: 99 },
  ];
  const file = join(createTestFolder(), "doubtful.jsonl");
  writeFileSync(file, [...doubtful.map((line) => JSON.stringify(line)), ...rest].join("\n"));
  expect((await evaluate(file)).log.slates).toEqual({ marginals: 58, prefix: 2 });
});

test("of what was decided before a snapshot was made nothing judges it", async () => {
  const { path } = await exportShop();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const times = lines.map((line) => Date.parse(JSON.parse(line).decidedAt));
  const evaluate = async (createdAt: number) =>
    evaluateLog(
      leaveOutSeen(await openLog(path), { version: 3, createdAt }),
      async () => uniformTarget,
    );
  expect((await evaluate(times[0]!)).log).not.toHaveProperty("leftOut");
  const middle = times.findIndex((time) => time > times[0]!);
  const { log } = await evaluate(times[middle]!);
  expect(log).toMatchObject({ rows: 2 * (60 - middle), leftOut: { rows: 2 * middle } });
  expect(log.leftOut?.reason).toMatch(/^decided before policy 3 was made, 20.*learnt from them$/);
  await expect(evaluate(times.at(-1)! + 1)).rejects.toThrow(
    /holds no decision but 120 rows decided before policy 3 was made/,
  );
});

test("a snapshot that is not there, or a log that is no export, is refused", async () => {
  const { path, store } = await exportShop();
  const choose = async () => createSnapshotTarget({ store, configuration }, 99);
  await expect(evaluateLog(await openLog(path), choose)).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("there is no policy 99; check the number"),
  });
  const csv = join(createTestFolder(), "log.csv");
  writeFileSync(csv, "itemId,reward,propensity\na,1,1\n");
  await expect(evaluateLog(await openLog(csv), choose)).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining("pass a log of recurve export decisions"),
  });
});

test("malformed lines of an export are named with field, value and remedy", async () => {
  const { path } = await exportShop();
  const line = JSON.parse(readFileSync(path, "utf8").split("\n")[0]!);
  const broken = [
    { ...line, positionPropensities: [0.5, null] },
    { ...line, positionPropensities: [0.5] },
    { ...line, rewards: [0, "many"] },
    { ...line, slate: ["i-0", "elsewhere"] },
    { ...line, userId: 5 },
    { ...line, scenario: "ads" },
  ];
  const evaluate = async (...lines: readonly object[]) => {
    const file = join(createTestFolder(), "log.jsonl");
    writeFileSync(file, lines.map((entry) => JSON.stringify(entry)).join("\n"));
    return evaluateLog(await openLog(file), async () => uniformTarget);
  };
  await expect(evaluate(line, ...broken.slice(0, 5))).rejects.toThrow(
    /5 malformed rows.*:2: positionPropensities\[1\] must be in \(0, 1\], got null; log the.*:3: positionPropensities must be one for each of the 2 shown items, got 1; export.*:4: rewards\[1\] must be a finite number, got "many"; leave out.*:5: slate\[1\] must be one of the row's 5 candidates, got "elsewhere"; list.*:6: userId must be text, got 5; export/s,
  );
  await expect(evaluate(line, broken[5]!)).rejects.toThrow(
    /:2: scenario must be 'shop' as in the rows before, got 'ads'; export one scenario a file/,
  );
});

test("an export of slates under boosts, pins, caps and diversity is judged by marginals, and each policy agrees with itself", async () => {
  const rules = {
    boosts: [{ filter: "year > 3", add: 1 }],
    pins: [{ itemId: "i-7", position: 1 }],
    caps: [{ by: "category", most: 2 }],
    diversity: 0.6,
  };
  const ruled = { scenario: { slateSize: 4, rules }, items: 9 };
  const { engine, store, advance, clock } = await openShop(ruled);
  const [serving, other] = await assign(store, {
    serving: shopSnapshot(1, 9),
    canary: shopSnapshot(2, 9),
  });
  for (let turn = 0; turn < 40; turn++) {
    const user = userId(`user-${turn}`);
    const { decision } = await engine.recommend({ userId: user });
    if (turn % 3 === 0)
      await engine.record([{ type: "click", userId: user, itemId: decision.slate[turn % 4]! }]);
  }
  advance(600);
  const own = parseConfiguration(shopConfiguration(ruled));
  const path = join(createTestFolder(), "ruled.jsonl");
  const decisions = exportDecisions({ store, scenario: own.scenarios[0]!, now: clock() });
  const lines: string[] = [];
  for await (const decision of decisions) lines.push(`${JSON.stringify(decision)}\n`);
  writeFileSync(path, lines.join(""));
  expect(JSON.parse(lines[0]!).draw).toMatchObject({
    pinned: ["i-7"],
    caps: { limits: [2, 2, 2] },
    diversity: { power: expect.closeTo(1.5, 9) },
  });
  const parts = { store, configuration: own };
  const judge = async (version: number) =>
    evaluateLog(
      await openLog(path),
      async () => createSnapshotTarget(parts, version),
      createLoggingPolicies(parts),
    );
  const [same, another] = [await judge(serving!), await judge(other!)];
  // Three of four positions are drawn, and no one judges the pinned one.
  expect(same.log).toMatchObject({ rows: 120, slates: { marginals: 40, prefix: 0 } });
  const weights = ({ arrays: { targetProbabilities, propensities } }: typeof same) =>
    Array.from(propensities, (p, row) => (targetProbabilities[row] ?? 0) / p);
  for (const weight of weights(same)) expect(weight).toBeCloseTo(1, 10);
  expect(weights(another).filter((weight) => Math.abs(weight - 1) > 0.1).length).toBeGreaterThan(
    60,
  );
  const uniform = await evaluateLog(await openLog(path), async () => uniformTarget);
  expect(uniform.log.slates).toEqual({ marginals: 0, prefix: 40 });
  writeFileSync(path, lines[0]!.replace('"groupsOf":[', '"groupsOf":[[],'));
  await expect(judge(serving!)).rejects.toThrow(/draw\.caps.*must have 9 entries/s);
  writeFileSync(path, lines[0]!.replace(/"weights":\[[^\]]*/, '"weights":['));
  await expect(judge(serving!)).rejects.toThrow(/diversity\.featuresOf.*entries of weights/s);
});
