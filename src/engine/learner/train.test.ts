import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { introduceWorld, playVisits, worldConfiguration } from "../../../tests/support/play.ts";
import { sampleEvent, sampleItem } from "../../../tests/support/sample.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { Cycle } from "../../domain/cycle.ts";
import type { TrainingRecord } from "../../domain/cycle-record.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createSyntheticWorld } from "../../lab/worlds/synthetic-world.ts";
import { createRandom, shuffle } from "../../numeric/random.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { withoutChecks } from "../input/check-engine.ts";
import { openStore } from "../open-store.ts";
import { type TrainOptions, train } from "./train.ts";
import { keepsHits, leastChoices } from "./training/choose-temperature.ts";
import type { TrainProgress } from "./training/training-data.ts";

const world = createSyntheticWorld({ seed: 3, items: 30, users: 60 });
const play = worldConfiguration(world, 100);

async function openTraining(options: { path?: string; configuration?: object } = {}) {
  const { path, configuration = play } = options;
  const opened = await openTestEngine(configuration, path);
  onTestFinished(opened.close);
  const progress: TrainProgress[] = [];
  const parsed = parseConfiguration(configuration);
  const run = (change: Partial<TrainOptions> = {}) =>
    train({
      store: opened.store,
      configuration: parsed,
      scenario: parsed.scenarios[0]!,
      clock: opened.clock,
      seed: 1,
      threads: 1,
      onProgress: (one) => progress.push(one),
      ...change,
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

const recordOf = (cycle: Cycle | undefined) => cycle!.record as TrainingRecord;

test("a policy trained on behaviour foresees better than popularity, serves, and is recorded", async () => {
  const { engine, store, progress, run } = await openTraining();
  await engine.putItems(camps.flat().map((id) => sampleItem(id)));
  await engine.record(everyone.flatMap((user) => walk(user, 5)));
  const cycle = await run();
  expect(cycle).toMatchObject({ outcome: "initial", policyVersion: 1, candidateVersion: 3 });
  // The assignment of the policy has the event number after the newest that was read.
  expect(cycle!.throughSequence).toBe((await store.sequence()) - 1);
  const { training, slates } = recordOf(cycle);
  expect((await store.cycles.find(1))!.record).toEqual(cycle!.record);
  // Of 5 events the first has no history and the last is held out.
  expect(training).toMatchObject({ preset: "small", targets: 3 * users, users, items: 30 });
  expect(slates).toMatchObject({ users: users / 2, choice: { users: users / 2 } });
  const { network, popularity } = slates;
  // Popularity knows no camps: a slate's places for 30 items.
  const { served } = network;
  const margin = 3 * Math.hypot(served.standardError, popularity.served.standardError);
  expect(popularity.served.mean).toBeLessThan(slates.slateSize / 30 + margin);
  expect(served.mean - popularity.served.mean).toBeGreaterThan(margin);
  expect(await store.policies.assignment("play")).toEqual({
    serving: 3,
    baseline: 4,
    canaryShare: 0,
    retriever: 3,
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

test("beside a policy that foresees worse than popularity, popularity serves, and the new baseline is used", async () => {
  const { engine, store, run } = await openTraining();
  await engine.putItems([...camps.flat(), "hit"].map((id) => sampleItem(id)));
  // The hit is many users' first item, so popular, but never a next item; in the end it is
  // everyone's last.
  const openers = everyone.flatMap((user) => [1, 2].map(() => eventOf(users + user, "hit")));
  const walks = everyone.flatMap((user) => [...walk(user, 5), eventOf(user, "hit")]);
  await withoutChecks(engine).record([...openers, ...walks]);
  const cycle = await run();
  expect(cycle).toMatchObject({ outcome: "hold", policyVersion: 3, candidateVersion: 5 });
  const { network, popularity } = recordOf(cycle).slates;
  expect(popularity.sorted.mean).toBe(1);
  expect(popularity.served.mean).toBeGreaterThan(network.served.mean);
  expect(await store.policies.assignment("play")).toEqual({
    serving: 3,
    retriever: 3,
    baseline: 6,
    canaryShare: 0,
  });
  expect((await store.policies.find(5))!.status).toBe("held");
});

/** Of three genres with 20 items each every reader likes one, and reads them in an order of their own. */
const genres = [0, 1, 2].map((genre) =>
  Array.from({ length: 20 }, (_, place) =>
    sampleItem(`item-${genre}-${place}`, { categories: [`genre-${genre}`] }),
  ),
);
const readers = 160;

function drawShelves(seed: number): readonly (readonly string[])[] {
  const random = createRandom(seed);
  return Array.from({ length: readers }, (_, user) =>
    shuffle([...genres[user % 3]!], random).map((item) => item.itemId),
  );
}

const library = {
  scenarios: [
    {
      name: "library",
      slateSize: 12,
      excludeSeen: true,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
};

test.each([
  ["buys the last item again", "click", 5],
  ["looks at an item in the end", "view", 6],
])("if everyone %s, the event before is held out", async (_, type, steps) => {
  const { engine, run } = await openTraining({ configuration: library });
  await engine.putItems(camps.flat().map((id) => sampleItem(id)));
  for (const user of everyone)
    await engine.record([...walk(user, 5), { ...walk(user, steps).at(-1)!, type }]);
  const { training, slates } = recordOf(await run({ minutes: 1, clock: quickly() }));
  expect(training).toMatchObject({ targets: 3 * users, users });
  expect(slates).toMatchObject({ users: users / 2 });
});

test("served slates keep 0.9 of the sorted hit rate, as real requests show", async () => {
  const { engine, store, run } = await openTraining({ configuration: library });
  const shelves = drawShelves(8);
  await engine.putItems(genres.flat());
  const read = 9;
  for (const [user, ids] of shelves.entries())
    await engine.record(ids.slice(0, read).map((id) => eventOf(user, id)));
  const { slates } = recordOf(await run());
  const { served, sorted, effectiveChoices } = slates.network;
  expect(slates).toMatchObject({ users: readers / 2, slateSize: 12 });
  expect(keepsHits(slates.choice.chosen)).toBe(true);
  expect(served.mean).toBeGreaterThan(0.9 * sorted.mean);
  expect(effectiveChoices).toBeGreaterThanOrEqual(leastChoices);
  expect((await store.policies.find(3))!.evidence.slates).toMatchObject(slates.network);

  // The item that comes next on each shelf is in no attribute.
  let hits = 0;
  for (const [user, ids] of shelves.entries()) {
    const { decision } = await engine.recommend({ userId: userId(`user-${user}`) });
    if (decision.slate.includes(itemId(ids[read]!))) hits++;
  }
  const error = Math.hypot(served.standardError, Math.sqrt(0.25 / readers));
  expect(Math.abs(hits / readers - served.mean)).toBeLessThan(3 * error);
});

/** Clicks on half of what they are shown, once each of these users. */
async function visitShop({ engine, advance }: Awaited<ReturnType<typeof openTraining>>) {
  for (const user of everyone) {
    const { decision } = await engine.recommend({ userId: userId(`user-${user}`) });
    const { decisionId } = decision;
    const liked = decision.slate.filter((_, position) => position % 2 === user % 2);
    await engine.record(liked.map((item) => ({ ...eventOf(user, item), decisionId })));
  }
  advance(60);
}

test("a cycle moves a policy on an encoder, whose propensities an audit derives", async () => {
  const opened = await openTraining();
  const { engine, store, run } = opened;
  await engine.putItems(camps.flat().map((id) => sampleItem(id)));
  await engine.record(everyone.flatMap((user) => walk(user, 5)));
  await run({ minutes: 1, clock: quickly() });
  await visitShop(opened);
  const cycle = await run();
  const before = decodeTensors((await store.policies.bytes(3))!);
  const moved = decodeTensors((await store.policies.bytes(cycle!.candidateVersion!))!);
  expect(moved.meta.encoder).toBe(before.meta.encoder);
  for (const name of ["logOddsWeights", "encodedWeights"])
    expect(moved.tensors[name]).not.toEqual(before.tensors[name]);
  const { decisions, findings, largestDifference } = await audit({
    store,
    configuration: parseConfiguration(play),
  });
  expect(findings).toEqual([]);
  expect(decisions).toBe(users);
  expect(largestDifference).toBeLessThan(1e-9);
});

/** A clock on which an epoch takes ten seconds, so that six fit a minute and each other is kept. */
function quickly(): () => number {
  let now = 0;
  return () => {
    now += 2500;
    return now;
  };
}

describe("a training that was broken off", () => {
  const start = async () => {
    const opened = await openTraining();
    await opened.engine.putItems(camps.flat().map((id) => sampleItem(id)));
    await opened.engine.record(everyone.flatMap((user) => walk(user, 5)));
    return opened;
  };
  const breakOff = async ({ run, store }: Awaited<ReturnType<typeof start>>) => {
    const failing = (one: TrainProgress) => {
      if (one.stage === "epoch" && one.epoch === 30) throw new Error("power cut");
    };
    await expect(run({ clock: quickly(), onProgress: failing })).rejects.toThrow("power cut");
    expect(await store.policies.list({ limit: 10 })).toHaveLength(2);
    expect(await store.cycles.list({ limit: 1 })).toEqual([]);
  };

  test("continues to the same policy, whatever was recorded since", async () => {
    const [whole, broken] = [await start(), await start()];
    await whole.run({ clock: quickly() });
    await breakOff(broken);
    await broken.engine.record(walk(3, 2));
    await broken.run({ clock: quickly() });
    const epochs = broken.progress.flatMap((one) => (one.stage === "epoch" ? [one.epoch] : []));
    expect(epochs[0]).toBeGreaterThan(10);
    const served = await whole.store.policies.bytes(3);
    expect(Buffer.compare((await broken.store.policies.bytes(3))!, served!)).toBe(0);
    expect(await broken.store.checkpoints.load("training/play")).toBeUndefined();
  });

  test.each([
    // The others give the items other numbers.
    ["some of its events", 1],
    ["all of its events", 5],
  ])("begins anew if %s were removed", async (_, pages) => {
    const [whole, broken] = [await start(), await start()];
    await breakOff(broken);
    for (const { engine, store, run } of [whole, broken]) {
      for (let page = 0; page < pages; page++)
        await store.retention.sweepEvents(200 * page, { types: {}, others: 1001 });
      await engine.record(everyone.flatMap((user) => walk(user + 1, 4)));
      await run({ minutes: 1, clock: quickly() });
    }
    const served = await whole.store.policies.bytes(3);
    expect(Buffer.compare((await broken.store.policies.bytes(3))!, served!)).toBe(0);
  });

  test("is refused as another preset or seed, and dropped at request", async () => {
    const opened = await start();
    await breakOff(opened);
    for (const change of [{ preset: "medium" }, { seed: 2 }] as const)
      await expect(opened.run(change)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("continue it with --preset small, or drop it"),
      });
    const clock = quickly();
    await opened.run({ seed: 2, restart: true, minutes: 1, clock });
    expect(opened.progress.find(({ stage }) => stage === "epoch")).toMatchObject({ epoch: 1 });
  });
});

test("a preset that does not fit the memory is refused with those that do", async () => {
  const { engine, store, run } = await openTraining();
  await engine.putItems(camps.flat().map((id) => sampleItem(id)));
  await engine.record(everyone.flatMap((user) => walk(user, 5)));
  const tight = parseConfiguration({ ...play, learner: { maxMemory: 768 } });
  await expect(run({ preset: "large", configuration: tight })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/preset large needs about \d+ MiB.*--preset small or medium/),
  });
  expect(await store.cycles.list({ limit: 1 })).toEqual([]);
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
  const { store, run } = await openTraining({ path });
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
    details: { scenario: "play", targets: 0 },
  });
  expect(await store.cycles.list({ limit: 1 })).toEqual([]);
  expect(await store.policies.list({ limit: 10 })).toHaveLength(2);
});

test("behaviour with items that nobody imported asks for the items", async () => {
  const { engine, run } = await openTraining();
  await engine.record(everyone.flatMap((user) => walk(user, 5)));
  await expect(run()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("none of the 30 items of the events is available"),
  });
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
