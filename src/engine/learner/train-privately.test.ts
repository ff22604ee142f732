import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { sampleEvent, sampleItem } from "../../../tests/support/sample.ts";
import type { Cycle } from "../../domain/cycle.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { costOf, planPrivately } from "../../learning/privacy/plan.ts";
import { epsilonOf, nothingSpent, repeatCurve } from "../../numeric/privacy/accountant.ts";
import { openEncoder } from "../../policy/encoder/encoder.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { learnEncoder } from "../encoder/learn-encoder.ts";
import { loadSpent } from "../privacy/spent-budget.ts";
import { loadServed } from "./cycle/carried.ts";
import { runCycle } from "./cycle/run-cycle.ts";
import { runDueCycle } from "./run-due-cycle.ts";
import { type TrainOptions, train } from "./train.ts";
import { trainPolicy } from "./training/train-policy.ts";

const differential = { epsilon: 8, delta: 1e-5, trainings: 2, clip: 0.5, samplingRate: 0.05 };
const configurationOf = (change: Partial<typeof differential> = {}) => ({
  scenarios: [
    {
      name: "play",
      slateSize: 3,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  baselineShare: 0,
  anchorShare: 0,
  canaryShare: 0.5,
  privacy: { differential: { ...differential, ...change } },
});

const items = Array.from({ length: 20 }, (_, item) => `item-${item}`);
const users = 60;
/** Users keep to one half of the items. */
const walk = (user: number) =>
  Array.from({ length: 6 }, (_, step) =>
    sampleEvent({
      userId: userId(`user-${user}`),
      itemId: itemId(items[10 * (user % 2) + ((user + 3 * step) % 10)]!),
    }),
  );

async function openTraining(configuration: object = configurationOf()) {
  const opened = await openTestEngine(configuration);
  onTestFinished(opened.close);
  const { engine, store, clock } = opened;
  await engine.putItems(items.map((id) => sampleItem(id)));
  for (let user = 0; user < users; user++) await engine.record(walk(user));
  const parsed = parseConfiguration(configuration);
  const parts = {
    store,
    clock,
    configuration: parsed,
    scenario: parsed.scenarios[0]!,
    seed: 1,
    threads: 1,
    onProgress: () => {},
  };
  const run = (change: Partial<TrainOptions> = {}) => train({ ...parts, ...change });
  return { ...opened, parts, run };
}

async function decideAll({ engine, advance }: Awaited<ReturnType<typeof openTraining>>) {
  for (let user = 0; user < users; user++) {
    const { decision } = await engine.recommend({ userId: userId(`user-${user}`) });
    const { decisionId, slate } = decision;
    await engine.record([
      { ...sampleEvent({ userId: decision.userId, itemId: slate[0]! }), decisionId },
    ]);
  }
  advance(120);
}

test("a private training is on record with the ε of the accountant, beside policy and baseline", async () => {
  const { store, run } = await openTraining();
  const cycle = (await run())!;
  const { privacy, training } = cycle.record;
  const plan = planPrivately(differential, { curve: nothingSpent, trainings: 0 })!;
  const own = epsilonOf(costOf(plan, plan.steps), differential.delta);
  expect(privacy).toEqual({
    ...plan,
    epsilon: own,
    ownEpsilon: own,
    budget: 8,
    delta: differential.delta,
  });
  expect(own).toBeLessThan(differential.epsilon);
  expect(training).toMatchObject({ preset: "private", epochs: plan.steps, items: items.length });
  expect((await store.cycles.find(cycle.cycle))!.record).toEqual(cycle.record);
  for (const version of [3, 4])
    expect((await store.policies.find(version))!.evidence.privacy).toEqual({
      epsilon: own,
      delta: differential.delta,
    });
  expect(await loadSpent(store)).toEqual({ curve: costOf(plan, plan.steps), trainings: 1 });
});

test("an encoder holds nothing that people chose: all items by id, no chain, no loss", async () => {
  const { store, run, engine } = await openTraining();
  await engine.putItems([sampleItem("a-new-one")]);
  await run();
  const { meta } = decodeTensors((await store.policies.bytes(3))!);
  const bytes = await store.policies.encoder(meta.encoder!);
  const { model } = openEncoder({ hash: meta.encoder!, bytes: bytes! });
  expect(model.itemIds).toEqual([...items, "a-new-one"].sort((a, b) => (a < b ? -1 : 1)));
  expect(model).not.toHaveProperty("chain");
  expect(model).not.toHaveProperty("loss");
  expect(model.throughSequence).toBe(0);
  // Noise made of them what nobody's counts are.
  expect(model.counts.some((count) => !Number.isInteger(count))).toBe(true);
});

test("cycles review and learn nothing from feedback; trainings add up until the budget is spent", async () => {
  const opened = await openTraining();
  const { store, run, parts } = opened;
  await run();
  await decideAll(opened);
  const before = await store.policies.list({ limit: 10 });
  const cycle = (await runDueCycle(parts))!;
  expect(cycle).toMatchObject({
    outcome: "hold",
    reason: expect.stringContaining("learn from behaviour alone"),
  });
  expect(await store.policies.list({ limit: 10 })).toEqual(before);
  expect(cycle.record).not.toHaveProperty("gate");
  expect(await runDueCycle(parts)).toBeUndefined();
  await expect(runCycle(parts)).rejects.toMatchObject({ code: "conflict" });
  expect(await store.checkpoints.load("critic/play")).toBeUndefined();

  const again = (await run())!;
  const plan = planPrivately(differential, { curve: nothingSpent, trainings: 0 })!;
  const both = repeatCurve(costOf(plan, plan.steps), 2);
  expect(again.record.privacy!.epsilon).toBeCloseTo(epsilonOf(both, differential.delta), 6);
  expect(again.record.privacy!.epsilon).toBeLessThanOrEqual(differential.epsilon);
  const { decisions, findings } = await audit({ store, configuration: parts.configuration });
  expect({ decisions, findings }).toEqual({ decisions: users, findings: [] });
});

/** Everything that a refused training must leave as it was. */
const stateOf = async ({ store }: Awaited<ReturnType<typeof openTraining>>) => ({
  policies: await store.policies.list({ limit: 20 }),
  assignment: await store.policies.assignment("play"),
  spent: await loadSpent(store),
});

test("a spent budget refuses a training by name, and serving continues with what there is", async () => {
  const opened = await openTraining(configurationOf({ trainings: 1 }));
  const { run, engine, store, parts } = opened;
  await run();
  const before = await stateOf(opened);
  await expect(run()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(
      /^the privacy budget is spent: 1 training used ε 8\.00 of 8, and privacy\.differential\.trainings is 1/,
    ),
  });
  expect(await stateOf(opened)).toEqual(before);
  const { decision } = await engine.recommend({ userId: userId("user-1") });
  expect(decision.policyVersion).toBe(before.assignment.serving);

  // The loop's own training ends as a cycle that says so.
  await decideAll(opened);
  const asking = { isDue: true, reason: "asked", newEvents: 1, knownEvents: 1 };
  const asked: Omit<Cycle, "cycle"> = {
    scenario: "play",
    outcome: "hold",
    reason: "",
    startedAt: 1,
    finishedAt: 1,
    throughSequence: 0,
    record: { encoderWatch: asking },
  };
  await store.policies.apply({ cycle: () => asked });
  const skipped = await learnEncoder(parts);
  expect(skipped).toMatchObject({
    outcome: "skipped",
    reason: expect.stringContaining("the privacy budget is spent"),
  });
  expect(await stateOf(opened)).toEqual(before);
});

test("without the setting an encoder begins anew after a private one", async () => {
  const { engine, store, run, parts } = await openTraining();
  await run();
  for (let user = 0; user < users; user++) await engine.record(walk(user + 2 * users));
  const { privacy: _, ...plain } = configurationOf();
  let now = 0;
  const clock = () => {
    now += 5000;
    return now;
  };
  const serving = await loadServed(store, 3);
  const configuration = parseConfiguration(plain);
  const trained = await trainPolicy({ ...parts, configuration, clock, minutes: 0.2 }, serving);
  expect(trained.figures.preset).toBe("small");
  expect(trained.network.encoder!.model).not.toHaveProperty("continues");
  expect(trained).not.toHaveProperty("spending");
});

test("too few offered items are refused before anything is trained", async () => {
  const { run, engine } = await openTraining();
  for (const id of items.slice(3)) await engine.putItems([{ ...sampleItem(id), available: false }]);
  const stages = new Set<string>();
  const onProgress: TrainOptions["onProgress"] = ({ stage }) => void stages.add(stage);
  await expect(run({ onProgress })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(
      "scenario play offers 3 items, and a private training takes 6",
    ),
  });
  expect(stages).not.toContain("start");
});

test("a damaged account is no budget", async () => {
  const { store, run } = await openTraining();
  const bytes = Buffer.from(JSON.stringify({ curve: [1], trainings: 0 }));
  await store.policies.apply({ checkpoints: [{ name: "privacy/spent", bytes }] });
  await expect(run()).rejects.toMatchObject({ code: "corrupt_snapshot" });
});

test("a training that is broken off spends nothing", async () => {
  const opened = await openTraining();
  const before = await stateOf(opened);
  const onProgress: TrainOptions["onProgress"] = ({ stage }) => {
    if (stage === "epoch") throw new Error("power cut");
  };
  await expect(opened.run({ onProgress })).rejects.toThrow("power cut");
  const { policies, spent } = await stateOf(opened);
  expect(policies.map(({ status }) => status)).toEqual(["serving", "serving"]);
  expect(spent).toEqual(before.spent);
});

test("parts that learn without noise are refused beside it", () => {
  const [scenario] = configurationOf().scenarios;
  const withLoop = { ...scenario, fastLoop: { enabled: true } };
  expect(() => parseConfiguration({ ...configurationOf(), scenarios: [withLoop] })).toThrow(
    /fastLoop\.enabled.*without noise/,
  );
  expect(() => parseConfiguration(configurationOf({ epsilon: 0 }))).toThrow(/epsilon/);
});

test("a budget that no training fits says so, and is not called spent", async () => {
  const { run } = await openTraining(configurationOf({ epsilon: 1e-4 }));
  await expect(run()).rejects.toMatchObject({
    code: "conflict",
    message:
      "privacy.differential.epsilon is 0.0001: too little for 2 trainings; raise it, or lower trainings",
  });
});
