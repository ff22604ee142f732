import { expect, onTestFinished, test } from "vitest";
import { shopConfiguration } from "../../tests/support/shop.ts";
import { parseConfiguration } from "./configuration.ts";
import { openStore } from "./open-store.ts";
import { ensurePolicies } from "./promote.ts";

test("two that start at the same moment give an empty record its first policies once", async () => {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  const configuration = parseConfiguration(shopConfiguration());
  await Promise.all([1, 2].map((now) => ensurePolicies(store, configuration, now)));
  expect((await store.policies.list({ limit: 10 })).length).toBe(2);
  expect(await store.policies.assignment("shop")).toMatchObject({ serving: 1, baseline: 2 });
});
