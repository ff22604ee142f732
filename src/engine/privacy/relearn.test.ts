import { expect, test } from "vitest";
import { openPeopledShop, others, person } from "../../../tests/support/erased-shop.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { learn } from "../learner/learn.ts";
import { findPending } from "./learnt-policies.ts";
import { relearn } from "./relearn.ts";
import { verifyReceipt } from "./verify-receipt.ts";

const day = 86_400;

/** A serving policy and a canary, made before or after the user's first row. */
async function openPending(rest = {}, isLater = true) {
  const shop = await openPeopledShop({ rest });
  const { store, configuration, clock, visit } = shop;
  await visit(2);
  const start = (await store.policies.assignment("shop")).serving!;
  if (isLater) await assign(store, { serving: shopSnapshot(3) });
  const [canary] = await assign(store, { canary: shopSnapshot(2) }, { canaryShare: 0.2 });
  const options = {
    store,
    configuration,
    scenario: configuration.scenarios[0]!,
    clock,
    seed: 1,
    threads: 1,
    onProgress: () => {},
  };
  return { ...shop, start, canary, options };
}

test("policies that were made before the user came have not learnt from them", async () => {
  const { engine, store } = await openPending();
  await engine.recommend({ userId: "newcomer" });
  const receipt = await engine.deleteUser("newcomer");
  expect(receipt).toMatchObject({ rows: { decisions: 1 }, policies: { shop: [] } });
  expect(await findPending(store, "shop")).toBeUndefined();
});

test("a serving policy that never saw the user stays, and a canary that may have leaves", async () => {
  const { engine, store, start, canary, options } = await openPending({}, false);
  await engine.deleteUser(person);
  const cycle = await relearn(options);
  expect(cycle?.reason).toBe(
    `policies ${canary} may have learnt from 1 erased user: policy ${start}, which never saw them, stays`,
  );
  expect(await store.policies.assignment("shop")).toMatchObject({ serving: start, canaryShare: 0 });
  expect((await store.policies.find(canary!))?.status).toBe("retired");
  expect((await store.policies.find(start))?.status).toBe("serving");
  expect(await findPending(store, "shop")).toBeUndefined();
});

test("a parent that never saw the user takes the place of a policy that may have", async () => {
  const { engine, store, start, options } = await openPending();
  const before = await store.policies.assignment("shop");
  const receipt = await engine.deleteUser(person);
  expect(receipt.policies).toEqual({ shop: [before.serving, before.canary] });
  expect(await engine.health()).toMatchObject({
    problems: [],
    pendingErasures: { shop: { ageSeconds: 0, erasures: 1 } },
  });
  const cycle = await relearn(options);
  expect(cycle).toMatchObject({ outcome: "initial", throughSequence: 0, candidateVersion: start });
  const baseline = before.canary! + 1;
  expect(await store.policies.assignment("shop")).toEqual({
    serving: start,
    retriever: start,
    baseline,
    canaryShare: 0,
  });
  const statusOf = async (version: number) => (await store.policies.find(version))?.status;
  expect(await Promise.all([before.serving!, before.canary!, start].map(statusOf))).toEqual([
    "retired",
    "retired",
    "serving",
  ]);
  expect(await relearn(options)).toBeUndefined();
  expect(await verifyReceipt(store, receipt)).toMatchObject({
    pending: { shop: [] },
    retired: { shop: [before.serving, before.canary] },
  });
  await expect(
    engine.intervene({ scenario: "shop", kind: "pin", version: before.serving! }),
  ).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("was erased") });
  // A policy on the parent knows nobody who was erased.
  await assign(store, { serving: shopSnapshot(4) });
  expect(await findPending(store, "shop")).toBeUndefined();
  expect((await engine.recommend({ userId: others[0]! })).fallback).toBeUndefined();
});

test("without such a parent the loop begins anew on the behaviour that is left", async () => {
  const { engine, store, options } = await openPending({ learner: { encoder: { minutes: 1 } } });
  const start = await store.policies.assignment("shop");
  // The user has been there from the first policy on.
  const first = { ...store, policies: { ...store.policies, newestAt: async () => 0 } };
  await engine.deleteUser(person);
  const cycle = await relearn({ ...options, store: first });
  expect(cycle?.reason).toContain("the loop starts anew, every candidate equally likely");
  expect(cycle?.candidateVersion).toBe(start.canary! + 1);
  const after = await store.policies.assignment("shop");
  expect(after).toEqual({
    serving: cycle!.candidateVersion,
    baseline: cycle!.candidateVersion! + 1,
    canaryShare: 0,
  });
  expect((await engine.recommend({ userId: others[0]! })).fallback).toBeUndefined();
});

test("an erasure after the start of the new policies makes them pending too", async () => {
  const { engine, store, options } = await openPending();
  await engine.deleteUser(person);
  const racing = {
    ...store,
    // The training reads after the fresh start's event number.
    policies: {
      ...store.policies,
      apply: async (change: Parameters<typeof store.policies.apply>[0]) => {
        if (change.freshAsOf !== undefined) await engine.deleteUser("user-1");
        return store.policies.apply(change);
      },
    },
  };
  await relearn({ ...options, store: racing });
  expect(await findPending(store, "shop")).toMatchObject({
    erasures: 1,
    versions: [(await store.policies.assignment("shop")).baseline],
  });
});

test("state that cycles carry is forgotten with the erasure, and again with the new policies", async () => {
  const { engine, store, options } = await openPending();
  const names = ["critic/shop", "meta-policy/shop", "training/shop"];
  const carry = () =>
    store.policies.apply({
      checkpoints: names.map((name) => ({ name, bytes: new Uint8Array([1]) })),
    });
  const carried = async () =>
    (await Promise.all(names.map((name) => store.checkpoints.load(name)))).filter(Boolean).length;
  await carry();
  await engine.deleteUser("nobody");
  expect(await carried()).toBe(3);
  await engine.deleteUser(person);
  expect(await carried()).toBe(0);
  // A cycle that had begun before may still write them.
  await carry();
  await relearn(options);
  expect(await carried()).toBe(0);
});

test("a learner replaces them when their time has come, and not before; health says so if it does not", async () => {
  const { engine, options, advance } = await openPending({
    privacy: { relearnDays: 2 },
    learner: { encoder: { minutes: 0 } },
  });
  await engine.deleteUser(person);
  const cycles: string[] = [];
  const run = () => {
    const stop = new AbortController();
    return learn({
      ...options,
      signal: stop.signal,
      onCycle: ({ reason }) => cycles.push(reason),
      onError: (error) => {
        throw error;
      },
      wait: async () => stop.abort(),
    });
  };
  await run();
  expect(cycles).toEqual([]);
  advance(3 * day);
  expect((await engine.health()).problems).toEqual([
    expect.stringMatching(
      /^policies .* of shop may have learnt from an erased user and were to be/,
    ),
  ]);
  await run();
  expect(cycles).toEqual([expect.stringContaining("may have learnt from 1 erased user")]);
  expect((await engine.health()).problems).toEqual([]);
});
