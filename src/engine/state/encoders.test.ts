import { expect, onTestFinished, test } from "vitest";
import { sampleEncoder, sampleViews } from "../../../tests/support/policy.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { encodersOf } from "./encoders.ts";

test("an encoder is opened once, and three are kept", async () => {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  const stored = [1, 2, 3, 4].map((seed) => sampleEncoder(sampleViews(3), seed));
  // Stored twice it is there once.
  await store.policies.apply({ encoders: stored });
  await store.policies.apply({ encoders: stored.slice(0, 1) });
  const get = (index: number) => encodersOf(store.policies)(stored[index]!.hash);
  const first = await get(0);
  expect(await get(0)).toBe(first);
  for (const index of [1, 2, 0, 3]) await get(index);
  expect(await get(0)).toBe(first);
  const second = await get(1);
  for (const index of [2, 3, 0]) await get(index);
  expect(await get(1)).not.toBe(second);
});

test("one that is missing is reported, and found once it is there", async () => {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  const stored = sampleEncoder(sampleViews(3));
  const get = () => encodersOf(store.policies)(stored.hash);
  await expect(get()).rejects.toMatchObject({ code: "not_found" });
  await store.policies.apply({ encoders: [stored] });
  expect((await get()).hash).toBe(stored.hash);
});
