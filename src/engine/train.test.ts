import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../tests/support/engine.ts";
import { introduceWorld, playVisits, worldConfiguration } from "../../tests/support/play.ts";
import { sampleEvent, sampleItem } from "../../tests/support/sample.ts";
import { createTestFolder } from "../../tests/support/store.ts";
import { itemId, userId } from "../domain/ids.ts";
import { createSyntheticWorld } from "../simulation/synthetic-world.ts";
import { parseConfiguration } from "./configuration.ts";
import { openStore } from "./open-store.ts";
import { train } from "./train.ts";
import type { PretrainProgress } from "./training/training-data.ts";

const world = createSyntheticWorld({ seed: 3, items: 30, users: 60 });
const configuration = worldConfiguration(world, 100);

async function openTraining(path?: string) {
  const opened = await openTestEngine(configuration, path);
  onTestFinished(opened.close);
  const progress: PretrainProgress[] = [];
  const parsed = parseConfiguration(configuration);
  const run = () =>
    train({
      store: opened.store,
      configuration: parsed,
      scenario: parsed.scenarios[0]!,
      clock: opened.clock,
      seed: 1,
      threads: 1,
      onProgress: (one) => progress.push(one),
    });
  return { ...opened, progress, run };
}

/** Five camps of six items; each user goes round those of one camp in order. */
const camps = Array.from({ length: 5 }, (_, camp) =>
  Array.from({ length: 6 }, (_, place) => `item-${camp}-${place}`),
);
const users = 150;
const eventOf = (user: number, item: string) =>
  sampleEvent({ userId: userId(`user-${user}`), itemId: itemId(item) });
const walk = (user: number, steps: number) =>
  Array.from({ length: steps }, (_, step) =>
    eventOf(user, camps[user % 5]![(Math.floor(user / 5) + step) % 6]!),
  );
const everyone = Array.from({ length: users }, (_, user) => user);

test("a policy pretrained on behaviour foresees better than popularity, serves, and is recorded", async () => {
  const { engine, store, progress, run } = await openTraining();
  await engine.putItems(camps.flat().map((id) => sampleItem(id)));
  await engine.record(everyone.flatMap((user) => walk(user, 5)));
  const cycle = await run();
  expect(cycle).toMatchObject({ outcome: "initial", policyVersion: 1, candidateVersion: 3 });
  expect(cycle!.throughSequence).toBe(await store.sequence());
  const { pretraining } = cycle!.record as { pretraining: Record<string, number> };
  // Of 5 events the first has no history and the last is held out.
  expect(pretraining).toMatchObject({ rows: 3 * users, users, items: 30, measuredUsers: users });
  // Popularity knows no camps: 10 places for 26 unseen items. 3 standard errors of two shares of 150 users.
  const margin = 3 * Math.sqrt(0.5 / users);
  expect(pretraining.baselineHitRate).toBeLessThan(10 / 26 + margin);
  expect(pretraining.hitRate! - pretraining.baselineHitRate!).toBeGreaterThan(margin);
  expect(await store.policies.assignment("play")).toEqual({
    serving: 3,
    baseline: 4,
    canaryShare: 0,
  });
  const policies = await store.policies.list({ scenario: "play", limit: 10 });
  expect(policies.map(({ version, status, parent }) => [version, status, parent])).toEqual([
    [4, "serving", undefined],
    [3, "serving", 1],
    [2, "retired", undefined],
    [1, "retired", undefined],
  ]);
  expect(await store.cycles.list({ limit: 10 })).toEqual([cycle]);
  expect(progress.at(-1)).toEqual({ stage: "measure", users });
  const { decision } = await engine.recommend({ userId: userId("user-0") });
  expect(decision.policyVersion).toBe(3);
});

test("a policy that foresees worse than popularity is held, and the new baseline is used", async () => {
  const { engine, store, run } = await openTraining();
  await engine.putItems([...camps.flat(), "hit"].map((id) => sampleItem(id)));
  // The hit is what many begin with, so popular, but never what a history goes on with; in the end it is everyone's last.
  const openers = everyone.flatMap((user) => [1, 2].map(() => eventOf(users + user, "hit")));
  const walks = everyone.flatMap((user) => [...walk(user, 5), eventOf(user, "hit")]);
  await engine.record([...openers, ...walks]);
  const cycle = await run();
  expect(cycle).toMatchObject({ outcome: "hold", policyVersion: 1, candidateVersion: 3 });
  expect(cycle!.record.pretraining).toMatchObject({ baselineHitRate: 1, measuredUsers: users });
  expect(await store.policies.assignment("play")).toEqual({
    serving: 1,
    baseline: 4,
    canaryShare: 0,
  });
  expect((await store.policies.find(3))!.status).toBe("held");
});

test("with closed feedback a cycle is run instead", async () => {
  const { engine, advance, run } = await openTraining();
  await introduceWorld(engine, world);
  await playVisits(engine, world, [0, 60]);
  expect(await run()).toBeUndefined();
  advance(60);
  const cycle = await run();
  expect(cycle!.record.feedback).toMatchObject({ newDecisions: 60 });
});

test("while another process learns on the record nothing is trained", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const { store, run } = await openTraining(path);
  const other = await openStore(path);
  await other.learnAlone(() => expect(run()).rejects.toMatchObject({ code: "learner_busy" }));
  await other.close();
  expect(await store.cycles.list({ limit: 1 })).toEqual([]);
});

test("without behaviour there is nothing to train on, and nothing is changed", async () => {
  const { engine, store, run } = await openTraining();
  await engine.putItems(world.items);
  await expect(run()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("import behaviour first"),
    details: { scenario: "play", rows: 0 },
  });
  expect(await store.cycles.list({ limit: 1 })).toEqual([]);
  expect(await store.policies.list({ limit: 10 })).toHaveLength(2);
});

test.each(["ask", "pause"] as const)(
  "a policy trained on behaviour, which passes no gate, is refused after %s",
  async (kind) => {
    const { engine, store, run } = await openTraining();
    await engine.intervene({ scenario: "play", kind });
    const before = await store.policies.assignment("play");
    await expect(run()).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("recurve promotions resume"),
    });
    expect(await store.policies.assignment("play")).toEqual(before);
  },
);
