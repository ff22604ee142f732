import { expect, onTestFinished, test } from "vitest";
import { shopConfiguration } from "../../../tests/support/shop.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { intervene } from "../interventions/intervene.ts";
import { openStore } from "../open-store.ts";
import { ensurePolicies } from "./promote.ts";

test("two that start at the same moment give an empty record its first policies once", async () => {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  const configuration = parseConfiguration(shopConfiguration());
  await Promise.all([1, 2].map((now) => ensurePolicies(store, configuration, now)));
  expect((await store.policies.list({ limit: 10 })).length).toBe(2);
  expect(await store.policies.assignment("shop")).toMatchObject({ serving: 1, baseline: 2 });
});

test("a loop that begins while promotions are paused stays paused", async () => {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  await intervene({ store, scenario: "shop", now: 1 }, { scenario: "shop", kind: "pause" });
  await ensurePolicies(store, parseConfiguration(shopConfiguration()), 2);
  expect(await store.policies.assignment("shop")).toMatchObject({ serving: 1, mode: "paused" });
});
