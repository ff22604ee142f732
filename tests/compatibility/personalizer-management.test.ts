import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { imitate } from "../../src/engine/ranks/imitate.ts";
import { openListeningServer } from "../support/listening-server.ts";

// The operations of the client of v1.1-preview.3 that manage a loop.

const { default: createPersonalizerClient, isUnexpected } = createRequire(import.meta.url)(
  "@azure-rest/ai-personalizer",
) as typeof import("@azure-rest/ai-personalizer");

const configuration = {
  baselineShare: 0,
  learner: { minDecisions: 100 },
  scenarios: [
    {
      name: "loop",
      slateSize: 1,
      excludeSeen: false,
      exploration: 0.2,
      reward: { weights: { reward: 1 }, windowSeconds: 600, minimum: -1, maximum: 1 },
    },
  ],
  compatibility: { personalizer: { scenario: "loop" } },
};

async function openManaged() {
  const server = await openListeningServer(configuration);
  const client = createPersonalizerClient(
    server.url,
    { key: "a key" },
    { allowInsecureConnection: true },
  );
  return { ...server, client };
}

const actions = ["a", "b"].map((id) => ({ id, features: [{ id }] }));

test("the service configuration is that of the scenario, and only the learning mode can be changed", async () => {
  const { client, clock } = await openManaged();
  const path = client.path("/configurations/service");
  const read = await path.get();
  const expected = {
    rewardWaitTime: "PT10M",
    defaultReward: 0,
    rewardAggregation: "earliest",
    explorationPercentage: 0.2,
    modelExportFrequency: "PT1M",
    logMirrorEnabled: false,
    logRetentionDays: -1,
    learningMode: "Online" as const,
    isAutoOptimizationEnabled: false,
  };
  expect([read.status, read.body]).toEqual(["200", expected]);
  const written = await path.put({
    body: { ...expected, rewardWaitTime: "PT600S", learningMode: "Apprentice" },
  });
  expect([written.status, isUnexpected(written)]).toEqual(["200", false]);
  const changed = {
    ...expected,
    learningMode: "Apprentice",
    lastConfigurationEditDate: new Date(clock()).toISOString(),
  };
  expect((await path.get()).body).toEqual(changed);
  const refused = await path.put({ body: { ...expected, defaultReward: 0.5 } });
  expect(refused).toMatchObject({
    status: "400",
    body: {
      error: {
        code: "InvalidServiceConfiguration",
        message: expect.stringContaining(
          "defaultReward is 0.5: it follows from reward.defaultReward",
        ),
      },
    },
  });
  for (const learningMode of ["LoggingOnly", "toString", "constructor"]) {
    const unknown = await path.put({ body: { ...expected, learningMode } as never });
    expect([unknown.status, unknown.body]).toMatchObject([
      "400",
      { error: { code: "InvalidLearningModeServiceConfiguration" } },
    ]);
  }
  expect((await path.get()).body).toEqual(changed);
});

test("the learning settings are those of the serving policy, and can't be changed", async () => {
  const { client } = await openManaged();
  const path = client.path("/configurations/policy");
  const read = await path.get();
  expect(read.body.name).toMatch(/^policy \d+$/);
  expect(JSON.parse(read.body.arguments)).toMatchObject({ engine: "recurve", kind: "network" });
  const same = await path.put({ body: read.body });
  const reset = await path.delete();
  expect([same.status, reset.status, isUnexpected(reset)]).toEqual(["200", "200", false]);
  const body = { name: "vw", arguments: "--cb_explore_adf --epsilon 0.2" };
  expect((await path.put({ body })).body).toMatchObject({
    error: { code: "InvalidPolicyConfiguration" },
  });
});

test("a model is exported, reset and imported; what is no model is refused", async () => {
  const { client, engine, store } = await openManaged();
  const serving = async () => (await store.policies.assignment("loop")).serving ?? 0;
  const first = await serving();
  const exported = await client.path("/model").get().asNodeStream();
  expect(exported.status).toBe("200");
  if (exported.body === undefined) throw new Error("no body");
  const bytes = await buffer(exported.body);
  expect(new Uint8Array(bytes)).toEqual(new Uint8Array((await store.policies.bytes(first)) ?? []));
  const contentType = "application/octet-stream" as const;
  const imported = await client.path("/model").put({ body: new Uint8Array(bytes), contentType });
  expect([imported.status, isUnexpected(imported)]).toEqual(["204", false]);
  const second = await serving();
  expect(second).toBeGreaterThan(first);
  expect((await client.path("/model").delete()).status).toBe("204");
  expect(await serving()).toBeGreaterThan(second);
  expect((await engine.interventions()).map(({ kind }) => kind)).toEqual([
    ...["resume", "pin", "resume", "pin"],
  ]);
  const properties = await client.path("/model/properties").get();
  expect(properties.body).toEqual({
    creationTime: "2026-03-01T12:00:00.000Z",
    lastModifiedTime: "2026-03-01T12:00:00.000Z",
  });
  const before = await serving();
  const wrong = await client.path("/model").put({ body: new Uint8Array([1, 2, 3]), contentType });
  expect(wrong.body).toMatchObject({ error: { code: "InvalidModelImportFormat" } });
  const signed = await client.path("/model").get({ queryParameters: { signed: true } });
  expect(signed.status).toBe("400");
  await engine.intervene({ scenario: "loop", kind: "pause" });
  expect((await client.path("/model").delete()).status).toBe("409");
  expect(await serving()).toBe(before);
});

test("logs have a date range, can't be deleted, and take no FlatBuffers", async () => {
  const { client } = await openManaged();
  const none = await client.path("/logs/properties").get();
  expect([none.status, none.headers["x-ms-error-code"]]).toEqual(["404", "LogsPropertiesNotFound"]);
  await client.path("/rank").post({ body: { actions } });
  const found = await client.path("/logs/properties").get();
  const time = "2026-03-01T12:00:00.000Z";
  expect(found.body).toEqual({ dateRange: { from: time, to: time } });
  const refused = [
    await client.path("/logs").delete(),
    await client.path("/logs/interactions").post({ body: "x" }),
    await client.path("/logs/observations").post({ body: "x" }),
  ];
  expect(refused.map(({ status }) => status)).toEqual(["403", "403", "403"]);
});

test("an evaluation compares the served actions, the caller's first ones and chance", async () => {
  const { client, advance, clock } = await openManaged();
  const rewards = { a: 1, b: 0.5 } as Record<string, number>;
  const served: number[] = [];
  for (let event = 0; event < 40; event++) {
    const ranked = await client.path("/rank").post({ body: { actions } });
    if (isUnexpected(ranked)) throw ranked.body;
    const { eventId, rewardActionId } = ranked.body;
    const value = rewards[rewardActionId] ?? 0;
    served.push(value);
    await client.path("/events/{eventId}/reward", eventId).post({ body: { value } });
  }
  const asked = {
    name: "first",
    startTime: new Date(clock() - 1000),
    endTime: new Date(clock() + 1000),
    policies: [],
  };
  const early = await client.path("/evaluations").post({ body: asked });
  expect(early.body).toMatchObject({ error: { code: "NoLogsExistInDateRange" } });
  advance(700);
  const made = await client.path("/evaluations").post({ body: asked });
  if (isUnexpected(made)) throw made.body;
  const { id, policyResults = [] } = made.body;
  expect([made.status, made.headers.location]).toEqual(["201", expect.stringContaining(id)]);
  const [online, baseline, random] = policyResults;
  const mean = served.reduce((sum, value) => sum + value, 0) / 40;
  const first = served.filter((value) => value === 1).length;
  expect(online).toMatchObject({ name: "Online", totalSummary: { averageReward: mean } });
  expect(baseline?.totalSummary).toMatchObject({
    ipsEstimatorNumerator: 2 * first,
    ipsEstimatorDenominator: 40,
    snipsEstimatorDenominator: 2 * first,
    nonZeroProbability: first / 40,
  });
  expect(random?.totalSummary).toMatchObject({
    averageReward: mean,
    snipsEstimatorDenominator: 40,
  });
  expect(online?.summary).toHaveLength(1);

  const read = await client.path("/evaluations/{evaluationId}", id).get();
  expect([read.status, isUnexpected(read), read.body]).toEqual(["200", false, made.body]);
  expect((await client.path("/evaluations").get()).body).toEqual([made.body]);
  const apply = (policyName: string, evaluationId = id) =>
    client.path("/configurations/applyFromEvaluation").post({ body: { evaluationId, policyName } });
  const applied = await apply("Online");
  expect([applied.status, isUnexpected(applied)]).toEqual(["204", false]);
  expect((await apply("Baseline")).status).toBe("400");
  expect((await apply("None")).headers["x-ms-error-code"]).toBe("LearningSettingsNotFound");
  expect((await apply("Online", "none")).headers["x-ms-error-code"]).toBe("EvaluationNotFound");
  // The client takes this success for a failure, whatever the answer.
  expect((await client.path("/evaluations/{evaluationId}", id).delete()).status).toBe("204");
  expect((await client.path("/evaluations/{evaluationId}", id).get()).status).toBe("404");
  for (const startTime of ["1", "2026-02-30T00:00:00Z"]) {
    const impossible = await client.path("/evaluations").post({ body: { ...asked, startTime } });
    expect([impossible.status, impossible.body]).toMatchObject([
      "400",
      { error: { message: expect.stringContaining("send a time such as") } },
    ]);
  }
  const custom = { ...asked, policies: [{ name: "vw", arguments: "--cb_explore_adf" }] };
  expect((await client.path("/evaluations").post({ body: custom })).headers).toMatchObject({
    "x-ms-error-code": "InvalidEvaluationContract",
  });
});

test("an apprentice answers as the caller would, learns it, and shows how often it matches", {
  timeout: 120_000,
}, async () => {
  const { client, app, store, clock } = await openManaged();
  const settings = client.path("/configurations/service");
  const read = await settings.get();
  const change = (learningMode: "Online" | "Apprentice") =>
    settings.put({ body: { ...read.body, learningMode } as never });
  await change("Apprentice");
  // The caller shows "a" in the morning and "b" in the evening.
  const rank = async (event: number) => {
    const isMorning = event % 2 === 0;
    const body = {
      contextFeatures: [{ time: isMorning ? "morning" : "evening" }],
      actions: isMorning ? actions : actions.toReversed(),
    };
    const ranked = await client.path("/rank").post({ body });
    if (isUnexpected(ranked)) throw ranked.body;
    return { ...ranked.body, first: isMorning ? "a" : "b" };
  };
  const matchRate = async () =>
    /apprentice_match_rate{scenario="loop"} ([\d.]+)/.exec(
      await (await app.request("/metrics")).text(),
    )?.[1];
  expect(await matchRate()).toBeUndefined();
  for (let event = 0; event < 400; event++) {
    const { ranking, rewardActionId, first } = await rank(event);
    expect(rewardActionId).toBe(first);
    expect(ranking.map(({ probability }) => probability)).toEqual([1, 0]);
  }
  expect(await matchRate()).toBe("0");
  const { eventId } = await rank(0);
  const rewarded = await client
    .path("/events/{eventId}/reward", eventId)
    .post({ body: { value: 1 } });
  expect(rewarded.status).toBe("204");
  expect(await store.decisions.count()).toBe(0);

  const parsed = parseConfiguration(configuration);
  const [scenario] = parsed.scenarios;
  const options = { store, configuration: parsed, scenario: scenario!, clock, seed: 1, threads: 1 };
  const cycle = await imitate(options);
  expect(cycle).toMatchObject({ outcome: "initial", candidateVersion: expect.any(Number) });
  expect(cycle?.reason).toMatch(/100\.0 % of held-out choices matched, 50\.0 % by/);
  expect(await imitate(options)).toBeUndefined();
  for (let event = 0; event < 100; event++) await rank(event);
  expect(Number(await matchRate())).toBeGreaterThan(0.19);
  await change("Online");
  let matched = 0;
  for (let event = 0; event < 100; event++) {
    const { rewardActionId, first } = await rank(event);
    if (rewardActionId === first) matched += 1;
  }
  expect(matched).toBeGreaterThan(75);
  expect(await store.decisions.count()).toBe(100);
});
