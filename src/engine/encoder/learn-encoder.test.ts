import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openTestEngine, type TestEngine } from "../../../tests/support/engine.ts";
import { sampleEvent, sampleItem } from "../../../tests/support/sample.ts";
import type { Cycle } from "../../domain/cycle.ts";
import type { FastLoopUse } from "../../domain/fast-loop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { withoutChecks } from "../input/check-engine.ts";
import { loadServed } from "../learner/cycle/carried.ts";
import { runCycle } from "../learner/cycle/run-cycle.ts";
import { learn } from "../learner/learn.ts";
import { ensurePolicies } from "../learner/promote.ts";
import { train } from "../learner/train.ts";
import { trainPolicy } from "../learner/training/train-policy.ts";
import type { TrainProgress } from "../learner/training/training-data.ts";
import { learnEncoder } from "./learn-encoder.ts";
import { publishEncoder } from "./publish-encoder.ts";
import { watchEncoder } from "./watch-encoder.ts";

// Each test trains an encoder or two.
vi.setConfig({ testTimeout: 60_000 });

/** Five camps of six items, and three of new items that come later; each user goes round one camp. */
const camps = Array.from({ length: 8 }, (_, camp) =>
  Array.from({ length: 6 }, (_, place) => `item-${camp}-${place}`),
);
const users = 150;
const everyone = Array.from({ length: users }, (_, user) => user);
const campOf = (user: number, isLater: boolean) => camps[isLater ? 5 + (user % 3) : user % 5]!;
const eventOf = (user: number, item: string) =>
  sampleEvent({ userId: userId(`user-${user}`), itemId: itemId(item) });
const walk = (user: number, steps: number, isLater: boolean) =>
  Array.from({ length: steps }, (_, step) =>
    eventOf(user, campOf(user, isLater)[(Math.floor(user / 5) + step) % 6]!),
  );

const mpo = { critic: { maxEpochs: 2 }, distillation: { maxEpochs: 3 } };
const configurationOf = (canaryShare: number, enabled: FastLoopUse = false) =>
  parseConfiguration({
    scenarios: [
      {
        name: "play",
        slateSize: 3,
        excludeSeen: false,
        maxCandidates: 20,
        fastLoop: { enabled },
        reward: { weights: { click: 1 }, windowSeconds: 60, graceSeconds: 0, maximum: 1 },
      },
    ],
    canaryShare,
    baselineShare: 0,
    anchorShare: 0,
    learner: { minDecisions: 50, mpo },
  });
const usual = configurationOf(0.5);

const partsOf = ({ store, clock }: Pick<TestEngine, "store" | "clock">, configuration = usual) => ({
  store,
  configuration,
  scenario: configuration.scenarios[0]!,
  clock,
  seed: 1,
  threads: 1,
  onProgress: () => {},
});

/** Each user comes once; those of the canary click on all that they are shown, a third of the others on one item. */
async function visit({ engine, advance }: Omit<TestEngine, "store" | "close">) {
  for (const user of everyone) {
    const { decision } = await engine.recommend({ userId: userId(`user-${user}`) });
    const { arm, decisionId, slate } = decision;
    const clicked = arm === "canary" ? slate : slate.slice(0, user % 3 === 0 ? 1 : 0);
    await engine.record(clicked.map((item) => ({ ...eventOf(user, item), decisionId })));
  }
  advance(60);
}

const folder = mkdtempSync(join(tmpdir(), "recurve-encoder-"));
const asked = join(folder, "asked.db");
let now: number;
let copies = 0;
/** A loop on an encoder, whose newest cycle has found that users have gone on to other items. */
beforeAll(async () => {
  const opened = await openTestEngine(usual, asked);
  const { engine, store } = opened;
  await engine.putItems(
    camps
      .slice(0, 5)
      .flat()
      .map((id) => sampleItem(id)),
  );
  await engine.record(everyone.flatMap((user) => walk(user, 5, false)));
  await train(partsOf(opened));
  await visit(opened);
  await engine.putItems(
    camps
      .slice(5)
      .flat()
      .map((id) => sampleItem(id)),
  );
  await engine.record(everyone.flatMap((user) => walk(user, 4, true)));
  await runCycle(partsOf(opened));
  now = opened.clock();
  expect(await store.cycles.list({ limit: 3 })).toHaveLength(2);
  await opened.close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function openAsked(configuration = usual): Promise<TestEngine> {
  const path = join(folder, `${copies++}.db`);
  copyFileSync(asked, path);
  const opened = await openTestEngine(configuration, path, `d${copies}`);
  opened.advance((now - opened.clock()) / 1000);
  onTestFinished(opened.close);
  return opened;
}

const networkOf = async ({ store }: TestEngine, version: number) =>
  (await loadServed(store, version))!;

/** A clock on which an epoch takes ten seconds, so that each other one is kept. */
function quickly({ clock }: TestEngine): () => number {
  let passed = 0;
  return () => {
    passed += 5000;
    return clock() + passed;
  };
}

test("the cycle asks, since the newest events cost the encoder more than those held out of its training", async () => {
  const { store } = await openAsked();
  const [cycle] = await store.cycles.list({ limit: 1 });
  const { encoderWatch } = cycle!.record;
  expect(encoderWatch).toMatchObject({ isDue: true, newEvents: 650, knownEvents: 750 });
  const { now: found, before } = encoderWatch!.loss!;
  expect(found.mean).toBeGreaterThan(
    before.mean + 2 * (found.standardError + before.standardError),
  );
});

describe("the encoder learns on", () => {
  test("from its parameters, to foresee what it could not, and the head of the policy stays", async () => {
    const opened = await openAsked();
    const { store } = opened;
    const before = await store.policies.bytes(3);
    const [{ throughSequence } = { throughSequence: 0 }] = await store.cycles.list({ limit: 1 });
    const cycle = (await learnEncoder(partsOf(opened)))!;
    expect(cycle).toMatchObject({ outcome: "canary", policyVersion: 3, throughSequence });
    expect(await store.cycles.list({ limit: 1 })).toEqual([cycle]);
    const { ndcg, servingNdcg, divergence } = cycle.record.newEncoder!;
    expect(servingNdcg!.mean).toBeLessThan(0.1);
    expect(ndcg.mean).toBeGreaterThan(0.5);
    expect(divergence).toMatchObject({ decisions: users });
    const [old, fresh] = [await networkOf(opened, 3), await networkOf(opened, 7)];
    expect(fresh.encoder!.model).toMatchObject({
      continues: old.encoder!.hash,
      throughSequence: cycle.record.newEncoder!.throughSequence,
    });
    const { logOddsWeights: _, ...head } = fresh.parameters;
    expect(old.parameters).toMatchObject(head);
    expect(await store.policies.bytes(3)).toEqual(before);
    const { trial, onlyLive } = (await store.policies.find(7))!.evidence;
    expect(trial).toMatchObject({ since: opened.clock() });
    expect(onlyLive).toBe("it stands on a new encoder");
    // It is not asked for again.
    expect(await learnEncoder(partsOf(opened))).toBeUndefined();
  });

  test("is promoted on live rewards alone, and an audit derives all decisions, those of the fast loop too", async () => {
    const configuration = configurationOf(0.5, true);
    const opened = await openAsked(configuration);
    const { store } = opened;
    const parts = partsOf(opened, configuration);
    await learnEncoder(parts);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== "promote" && outcomes.length < 8) {
      await visit(opened);
      outcomes.push((await runCycle(parts))!.outcome);
    }
    const { serving, holdback } = await store.policies.assignment("play");
    expect({ serving, holdback }).toEqual({ serving: 7, holdback: 3 });
    const { tried } = (await store.policies.find(7))!.evidence;
    expect(tried).toMatchObject({ action: "promote" });
    await visit(opened);
    const next = (await runCycle(parts))!;
    const moved = await networkOf(opened, next.candidateVersion!);
    expect(moved.encoder!.hash).toBe((await networkOf(opened, 7)).encoder!.hash);
    const { decisions, findings } = await audit({ store, configuration });
    expect(findings).toEqual([]);
    expect(decisions).toBe(users * (outcomes.length + 2));
  });

  test("after it was broken off, to the same policy; until then nothing has changed", async () => {
    const [whole, broken] = [await openAsked(), await openAsked()];
    await learnEncoder({ ...partsOf(whole), clock: quickly(whole) });
    const before = await broken.store.policies.list({ limit: 10 });
    const failing = (one: TrainProgress) => {
      if (one.stage === "epoch" && one.epoch === 9) throw new Error("power cut");
    };
    const clock = quickly(broken);
    await expect(learnEncoder({ ...partsOf(broken), clock, onProgress: failing })).rejects.toThrow(
      "power cut",
    );
    expect(await broken.store.policies.list({ limit: 10 })).toEqual(before);
    expect(await broken.store.cycles.list({ limit: 10 })).toHaveLength(2);
    await broken.engine.record(walk(3, 2, false));
    const epochs: number[] = [];
    await learnEncoder({
      ...partsOf(broken),
      clock: quickly(broken),
      onProgress: (one) => one.stage === "epoch" && epochs.push(one.epoch),
    });
    expect(epochs[0]).toBeGreaterThan(2);
    expect(await broken.store.policies.bytes(7)).toEqual(await whole.store.policies.bytes(7));
    const curveOf = async ({ store }: TestEngine) => {
      const [cycle] = await store.cycles.list({ limit: 1 });
      return cycle!.record.training!.curve!;
    };
    const curve = await curveOf(whole);
    expect(await curveOf(broken)).toEqual(curve);
    expect(curve.map(({ epoch }) => epoch)).toEqual(curve.map((_, index) => index + 1));
    expect(curve.at(-1)!.loss).toBeLessThan(curve[0]!.loss);
    expect(await broken.store.checkpoints.load("training/play")).toBeUndefined();
  });
});

test("the learner trains before its next cycle; if it is stopped, it continues after the last epoch", async () => {
  const opened = await openAsked();
  const cycles: Cycle[] = [];
  const epochs: number[] = [];
  const look = (isStopped: boolean) => {
    const stop = new AbortController();
    return learn({
      ...partsOf(opened),
      signal: stop.signal,
      onCycle: (cycle) => cycles.push(cycle),
      onError: (error) => {
        throw error;
      },
      onProgress: (one) => {
        if (one.stage === "epoch") epochs.push(one.epoch);
        if (isStopped && epochs.length === 2) stop.abort();
      },
      wait: async () => stop.abort(),
    });
  };
  await look(true);
  expect({ cycles, epochs }).toEqual({ cycles: [], epochs: [1, 2] });
  await look(false);
  expect(cycles).toMatchObject([{ outcome: "canary", candidateVersion: 7 }]);
  expect(epochs.slice(0, 4)).toEqual([1, 2, 3, 4]);
});

/** Versions of the last visits, and whether the fast loop drew. */
async function loopsOf({ store }: TestEngine): Promise<ReadonlySet<string>> {
  const recent = await store.decisions.recent(users);
  return new Set(
    recent.map(({ decision: { policyVersion, fastLoop } }) => `${policyVersion} ${!!fastLoop}`),
  );
}

test("a loop that began without behaviour gets its first encoder, beside popularity", async () => {
  const looped = configurationOf(0.5, "until-encoder");
  const { learner, ...rest } = looped;
  const encoder = { ...learner.encoder, minutes: 0.3 };
  const configuration = { ...rest, learner: { ...learner, encoder } };
  const opened = await openTestEngine(looped);
  onTestFinished(opened.close);
  const { engine, store } = opened;
  await ensurePolicies({ store, configuration, now: 0 });
  await engine.putItems(
    camps
      .slice(0, 5)
      .flat()
      .map((id) => sampleItem(id)),
  );
  await visit(opened);
  await withoutChecks(engine).record(everyone.flatMap((user) => walk(user, 67, false)));
  const parts = partsOf(opened, configuration);
  const asking = (await runCycle(parts))!;
  expect(asking.record.encoderWatch).toMatchObject({ isDue: true, knownEvents: 0 });
  const cycle = await learnEncoder({ ...parts, clock: quickly(opened) });
  expect(cycle).toMatchObject({
    outcome: "canary",
    reason: expect.stringMatching(/^A first encoder/),
  });
  const { canary, ...assignment } = await store.policies.assignment("play");
  expect(canary).toBe(cycle!.candidateVersion);
  expect((await networkOf(opened, canary!)).encoder!.model).not.toHaveProperty("continues");
  const { serving } = assignment;
  // The fast loop serves until an encoder does.
  opened.advance(10);
  await visit(opened);
  await engine.idle();
  await visit(opened);
  expect(await loopsOf(opened)).toEqual(new Set([`${serving} true`, `${canary} false`]));
  expect(await runCycle(parts)).toMatchObject({ policyVersion: expect.any(Number) });
  const after = await store.policies.assignment("play");
  expect([serving, canary]).toContain(after.serving);
  await engine.intervene({ scenario: "play", kind: "pin", version: canary! });
  await visit(opened);
  expect(await loopsOf(opened)).toEqual(new Set([`${canary} false`]));
  const { findings } = await audit({ store, configuration });
  expect(findings).toEqual([]);
});

describe("a policy on a new encoder", () => {
  const found = async (opened: TestEngine) => {
    const serving = await networkOf(opened, 3);
    const trained = await trainPolicy(
      { ...partsOf(opened), minutes: 0.1, clock: quickly(opened) },
      serving,
    );
    const assignment = await opened.store.policies.assignment("play");
    const { throughSequence, foresight } = trained;
    const newEncoder = { throughSequence, ndcg: foresight.ndcg, servingNdcg: foresight.ndcg };
    return { trained, newEncoder, assignment, startedAt: 0, throughSequence };
  };

  test("waits for approval if no user may get canaries, and serves then", async () => {
    const configuration = configurationOf(0);
    const opened = await openAsked(configuration);
    const { engine, store } = opened;
    const cycle = await publishEncoder(partsOf(opened, configuration), await found(opened));
    expect(cycle).toMatchObject({
      outcome: "waiting",
      reason: expect.stringContaining("waits for approval, because canaryShare is 0"),
    });
    expect(await store.policies.assignment("play")).toMatchObject({ serving: 3, waiting: 7 });
    await engine.intervene({ scenario: "play", kind: "approve", version: 7 });
    expect(await store.policies.assignment("play")).toMatchObject({ serving: 7, holdback: 3 });
  });

  test("that does not fit the memory is on record, and holds up no canary: it is not asked for at once again", async () => {
    const configuration = configurationOf(0.1);
    const learner = { ...configuration.learner, maxMemory: 1 };
    const opened = await openAsked(configuration);
    const { store } = opened;
    const assignment = await store.policies.assignment("play");
    const cycle = await learnEncoder(partsOf(opened, { ...configuration, learner }));
    expect(cycle).toMatchObject({
      outcome: "skipped",
      reason: expect.stringContaining("learner.maxMemory is 1"),
    });
    expect(await store.policies.assignment("play")).toEqual(assignment);
    const serving = await networkOf(opened, 3);
    const watch = await watchEncoder(partsOf(opened, configuration), serving, assignment);
    expect(watch).toMatchObject({ isDue: false, newEvents: 0 });
  });

  test("that foresees less than the one that serves is held, and is no reason to train again", async () => {
    const opened = await openAsked();
    const { store } = opened;
    const better = await found(opened);
    const servingNdcg = { mean: better.newEncoder.ndcg.mean + 0.01, standardError: 0.1 };
    const newEncoder = { ...better.newEncoder, servingNdcg };
    const cycle = await publishEncoder(partsOf(opened), { ...better, newEncoder });
    expect(cycle).toMatchObject({ outcome: "hold", reason: expect.stringContaining("It is held") });
    expect((await store.policies.find(7))!.status).toBe("held");
    expect(await store.policies.assignment("play")).toEqual(better.assignment);
    const serving = await networkOf(opened, 3);
    const watch = await watchEncoder(partsOf(opened), serving, better.assignment);
    expect(watch).toMatchObject({ isDue: false, newEvents: 0 });
  });
});
