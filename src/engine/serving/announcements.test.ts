import { expect, test } from "vitest";
import { samplePolicy } from "../../../tests/support/sample.ts";
import { openShop, shopConfiguration, shopSnapshot } from "../../../tests/support/shop.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Policy } from "../../policy/policy.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { announcing, createPreparation } from "./announcements.ts";
import { createServingPolicies } from "./serving-policies.ts";
import { warmUp } from "./warm-up.ts";

const bytes = shopSnapshot(5);
const promotion = {
  add: [samplePolicy({ bytes })],
  assign: ([version = 0]: readonly number[]) => ({
    scenario: "shop",
    assignment: { canaryShare: 0, serving: version },
  }),
};

/** A learner and a server on one record; the server looks whenever the learner waits. */
async function openPair() {
  const shop = await openShop();
  const { store } = shop;
  const reads: number[] = [];
  const policies = createServingPolicies({
    ...store.policies,
    bytes: async (version) => {
      reads.push(version);
      return store.policies.bytes(version);
    },
  });
  const asked: number[] = [];
  /** The policy, with a count of the items that it is asked for. */
  const counted = (policy: Policy): Policy => ({
    ...policy,
    findBest: async (_state, views) => {
      asked.push(views.length);
      return undefined;
    },
  });
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.sequence());
  const { scenarios } = parseConfiguration();
  const assignedMeanwhile: unknown[] = [];
  const look = createPreparation(store, {
    clock: shop.clock,
    prepare: (checksum, content) =>
      policies.prepare(checksum, content, async (policy) => {
        assignedMeanwhile.push((await store.policies.assignment("shop")).serving);
        await warmUp(counted(policy), { catalogue, scenarios });
      }),
  });
  let waits = 0;
  const learner = (server: () => Promise<void>, signal = new AbortController().signal) =>
    announcing(store, {
      clock: shop.clock,
      signal,
      wait: async (milliseconds) => {
        waits += 1;
        shop.advance(milliseconds / 1000);
        await server();
      },
    });
  const { advance } = shop;
  const seen = { reads, asked, assignedMeanwhile, waits: () => waits };
  return { store, policies, look, learner, advance, ...seen };
}

test("a policy is loaded and has scored the catalogue before it is assigned, and is not read again", async () => {
  const pair = await openPair();
  const { added } = await pair.learner(pair.look).policies.apply(promotion);
  expect(pair.assignedMeanwhile).toEqual([1]);
  expect(added).not.toEqual([1]);
  expect(pair.asked).toEqual([6]);
  expect(await pair.store.policies.assignment("shop")).toMatchObject({ serving: added[0] });
  await pair.policies.get(added[0]!);
  expect(pair.reads).toEqual([]);
  expect(await pair.store.checkpoints.load("announced/0")).toBeUndefined();
});

test("a server that starts makes the policies ready that answer, and a broken one stops nothing", async () => {
  const pair = await openPair();
  const broken = samplePolicy({ bytes: new Uint8Array(10) });
  const { added } = await pair.store.policies.apply({
    add: [samplePolicy({ bytes }), broken],
    assign: ([serving = 0, canary = 0]) => ({
      scenario: "shop",
      assignment: { canaryShare: 0.1, serving, canary },
    }),
  });
  const engine = await createEngine({
    store: pair.store,
    configuration: parseConfiguration(shopConfiguration()),
    clock: () => 0,
    random: createRandom(1),
    createId: () => "d-1",
    policies: pair.policies,
    preparesPolicies: true,
  });
  expect(new Set(pair.reads)).toEqual(new Set(added));
  const before = pair.reads.length;
  await pair.policies.get(added[0]!);
  expect(pair.reads).toHaveLength(before);
  await engine.close();
});

test("without a server a promotion waits no longer than one needs to notice it", async () => {
  const pair = await openPair();
  await pair.learner(async () => {}).policies.apply(promotion);
  expect(pair.waits()).toBe(10);
});

test("a clock that is set back holds no promotion up", async () => {
  const pair = await openPair();
  const changes = [-3600];
  await pair.learner(async () => pair.advance(changes.pop() ?? 0)).policies.apply(promotion);
  expect(pair.waits()).toBe(10);
});

test("a server that can't make a policy ready does not hold it up", async () => {
  const pair = await openPair();
  const failing = createPreparation(pair.store, {
    clock: () => 0,
    prepare: () => Promise.reject(new Error("no memory")),
  });
  await pair.learner(() => failing().catch(() => {})).policies.apply(promotion);
  expect(pair.waits()).toBe(10);
});

test("a policy that answers nobody is not announced, and an interruption ends the wait", async () => {
  const pair = await openPair();
  const { assign, ...held } = promotion;
  await pair.learner(pair.look).policies.apply(held);
  expect({ waits: pair.waits(), asked: pair.asked }).toEqual({ waits: 0, asked: [] });
  await pair.learner(pair.look, AbortSignal.abort()).policies.apply({ ...held, assign });
  expect(pair.waits()).toBe(0);
});
