import { expect, onTestFinished, test } from "vitest";
import { sampleState, sampleView } from "../../../tests/support/policy.ts";
import { samplePolicy } from "../../../tests/support/sample.ts";
import { shopSnapshot } from "../../../tests/support/shop.ts";
import { EngineError } from "../../domain/errors.ts";
import type { PolicyStore } from "../../storage/policy-store.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { createServingPolicies } from "./serving-policies.ts";

const state = sampleState([[sampleView("i-0"), 1]]);
const candidates = ["i-0", "i-1", "i-2"].map((id) => sampleView(id));
const corrupt = new Uint8Array(100);

async function openPolicies(snapshots: readonly Uint8Array[]): Promise<PolicyStore> {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  await store.policies.apply({ add: snapshots.map((bytes) => samplePolicy({ bytes })) });
  return store.policies;
}

/** The store, with a count of how often bytes were read and a failure for each code. */
function watched(policies: PolicyStore, failures: EngineError[] = []) {
  const reads: number[] = [];
  const bytes = async (version: number) => {
    reads.push(version);
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return policies.bytes(version);
  };
  const serving = createServingPolicies({ ...policies, bytes });
  onTestFinished(() => serving.close());
  return { reads, serving };
}

test("a version is decoded once and stays the same policy", async () => {
  const { reads, serving } = watched(await openPolicies([shopSnapshot(1)]));
  const [one, two] = await Promise.all([serving.get(1), serving.get(1)]);
  expect(two).toBe(one);
  expect(await serving.get(1)).toBe(one);
  expect(reads).toEqual([1]);
  expect(serving.problem(1)).toBeUndefined();
});

test("a corrupt snapshot is a problem that is told and not tried again", async () => {
  const { reads, serving } = watched(await openPolicies([corrupt]));
  await expect(serving.get(1)).rejects.toMatchObject({ code: "corrupt_snapshot" });
  await expect(serving.get(1)).rejects.toMatchObject({ code: "corrupt_snapshot" });
  expect(reads).toEqual([1]);
  expect(serving.problem(1)).toBe(
    "policy 1: policy snapshot is corrupt: it does not start with RCRV; roll back to another version",
  );
});

test("a version that is not in the store is not found", async () => {
  const { serving } = watched(await openPolicies([]));
  await expect(serving.get(7)).rejects.toMatchObject({
    code: "not_found",
    message: "policy version 7 is not in the store",
  });
});

test("a store that is away for a moment is asked again", async () => {
  const away = new EngineError("storage_unavailable", "the database is locked");
  const { reads, serving } = watched(await openPolicies([shopSnapshot(1)]), [away]);
  await expect(serving.get(1)).rejects.toBe(away);
  expect((await serving.get(1)).kind).toBe("network");
  expect(reads).toEqual([1, 1]);
  expect(serving.problem(1)).toBeUndefined();
});

const many = 63;
const snapshots = Array<Uint8Array>(many).fill(shopSnapshot());

test("of many versions the ones used last stay in memory, and a corrupt one is rejected to its caller only", async () => {
  const { reads, serving } = watched(await openPolicies([...snapshots, corrupt]));
  for (let version = 1; version <= many; version++) await serving.get(version);
  await serving.get(many);
  expect(reads.length).toBe(many);
  await serving.get(1);
  expect(reads.length).toBe(many + 1);
  await expect(serving.get(many + 1)).rejects.toMatchObject({ code: "corrupt_snapshot" });
});

test("a policy that is in use goes on working while others push it out", async () => {
  const { serving } = watched(await openPolicies(snapshots));
  const used = await serving.get(1);
  const before = await used.logits(state, candidates);
  const pushed = Array.from({ length: many - 1 }, (_, index) => serving.get(index + 2));
  await Promise.all(pushed);
  expect(await used.logits(state, candidates)).toEqual(before);
});

test("closed policies are read again when they are asked for again", async () => {
  const { reads, serving } = watched(await openPolicies([shopSnapshot(1), corrupt]));
  await serving.get(1);
  await expect(serving.get(2)).rejects.toBeInstanceOf(EngineError);
  await serving.close();
  expect((await serving.get(1)).kind).toBe("network");
  expect(reads).toEqual([1, 2, 1]);
});
