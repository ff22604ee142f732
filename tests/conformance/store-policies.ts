import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Cycle } from "../../src/domain/cycle.ts";
import type { Assignment } from "../../src/domain/policy-snapshot.ts";
import type { PolicyChange } from "../../src/storage/policy-store.ts";
import { sampleGate } from "../support/record.ts";
import { samplePolicy } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const cycle: Omit<Cycle, "cycle"> = {
  scenario: "shop",
  outcome: "not-enough-data",
  reason: "12 decisions, 100 are needed",
  startedAt: 1,
  finishedAt: 2,
  throughSequence: 3,
  record: { seed: 12, gate: sampleGate({ verdict: "not-enough-data", rows: 12 }) },
};

export function testPolicies(open: OpenStore): void {
  test("snapshots are numbered from 1 and come back with checksum, size and bytes", async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
    const first = samplePolicy({ bytes });
    const second = samplePolicy({
      kind: "popularity",
      status: "held",
      parent: 1,
      scenario: "feed",
    });
    expect(await store.policies.apply({ add: [first] })).toEqual({ added: [1] });
    expect(await store.policies.apply({ add: [second, second] })).toEqual({ added: [2, 3] });
    expect(await store.policies.find(1)).toEqual({
      version: 1,
      scenario: "shop",
      kind: "network",
      status: "serving",
      createdAt: 1000,
      checksum: createHash("sha256").update(bytes).digest("hex"),
      sizeBytes: 5000,
      evidence: { reason: "sample" },
    });
    expect(await store.policies.find(2)).toMatchObject({ kind: "popularity", parent: 1 });
    expect(await store.policies.find(4)).toBeUndefined();
    expect(await store.policies.bytes(1)).toEqual(bytes);
    expect(await store.policies.bytes(4)).toBeUndefined();
    await store.close();
  });

  test("policies are listed newest first, of all scenarios or of one", async () => {
    const store = await open();
    const scenarios = ["shop", "feed", "shop", "shop"];
    await store.policies.apply({ add: scenarios.map((scenario) => samplePolicy({ scenario })) });
    const versions = async (options: { scenario?: string; limit: number }) =>
      (await store.policies.list(options)).map(({ version }) => version);
    expect(await versions({ limit: 3 })).toEqual([4, 3, 2]);
    expect(await versions({ scenario: "shop", limit: 2 })).toEqual([4, 3]);
    expect(await versions({ scenario: "none", limit: 2 })).toEqual([]);
    await store.close();
  });

  test("a change made from an assignment that no longer stands is refused whole", async () => {
    const store = await open();
    const first = { serving: 1, canaryShare: 0, exploration: 0.1 };
    const assignFrom = (replaces: Assignment, assignment: Assignment) =>
      store.policies.apply({
        add: [samplePolicy()],
        assign: () => ({ scenario: "shop", assignment, replaces }),
      });
    await assignFrom({ canaryShare: 0 }, first);
    await assignFrom(first, { ...first, serving: 2 });
    await expect(assignFrom(first, { ...first, canary: 3 })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("version 2 serves"),
    });
    expect(await store.policies.assignment("shop")).toEqual({ ...first, serving: 2 });
    expect(await store.policies.find(3)).toBeUndefined();
    await store.close();
  });

  test("each scenario has the assignment that was made last", async () => {
    const store = await open();
    expect(await store.policies.assignment("shop")).toEqual({ canaryShare: 0 });
    await store.policies.apply({
      add: [samplePolicy(), samplePolicy({ kind: "popularity" })],
      assign: ([serving = 0, baseline = 0]) => ({
        scenario: "shop",
        assignment: { serving, baseline, canaryShare: 0 },
      }),
    });
    expect(await store.policies.assignment("shop")).toEqual({
      serving: 1,
      baseline: 2,
      canaryShare: 0,
    });
    const assignment = {
      canary: 2,
      canaryShare: 0.1,
      holdback: 1,
      holdbackShare: 0.05,
      anchor: 1,
      anchorShare: 0.01,
      anchorSince: 7,
      retriever: 1,
    };
    await store.policies.apply({ assign: () => ({ scenario: "shop", assignment }) });
    expect(await store.policies.assignment("shop")).toEqual(assignment);
    // The same once more is no change.
    await store.policies.apply({ assign: () => ({ scenario: "shop", assignment }) });
    expect(await store.sequence()).toBe(2);
    expect(await store.policies.assignment("shop", 0)).toEqual({ canaryShare: 0 });
    expect(await store.policies.assignment("shop", 1)).toMatchObject({ serving: 1 });
    expect(await store.policies.assignment("shop", 2)).toEqual(assignment);
    expect(await store.policies.assignment("feed")).toEqual({ canaryShare: 0 });
    await store.close();
  });

  test("a status changes with its evidence, or keeps the evidence it had", async () => {
    const store = await open();
    await store.policies.apply({ add: [samplePolicy(), samplePolicy()] });
    const evidence = { reason: "worse" };
    await store.policies.apply({
      statuses: [
        { version: 1, status: "retired" },
        { version: 2, status: "held", evidence },
      ],
    });
    expect(await store.policies.list({ limit: 2 })).toMatchObject([
      { version: 2, status: "held", evidence },
      { version: 1, status: "retired", evidence: { reason: "sample" } },
    ]);
    await store.close();
  });

  test("policies that were rolled back are counted by scenario", async () => {
    const store = await open();
    expect(await store.policies.countRolledBack()).toEqual([]);
    const feed = samplePolicy({ scenario: "feed" });
    await store.policies.apply({ add: [samplePolicy(), feed, feed] });
    const statuses = [2, 3].map((version) => ({ version, status: "rolled-back" as const }));
    await store.policies.apply({ statuses });
    expect(await store.policies.countRolledBack()).toEqual([{ scenario: "feed", policies: 2 }]);
    await store.close();
  });

  test("cycles are numbered from 1, listed newest first and found by their number", async () => {
    const store = await open();
    const promoted = { ...cycle, outcome: "promote" } as const;
    expect(await store.policies.apply({ cycle: () => cycle })).toEqual({ added: [], cycle: 1 });
    await store.policies.apply({
      cycle: () => ({ ...cycle, scenario: "feed", outcome: "failed" }),
    });
    await store.policies.apply({
      add: [samplePolicy()],
      cycle: ([version = 0]) => ({
        ...promoted,
        policyVersion: version,
        candidateVersion: version,
      }),
    });
    expect(await store.cycles.list({ scenario: "shop", limit: 9 })).toEqual([
      { ...promoted, cycle: 3, policyVersion: 1, candidateVersion: 1 },
      { ...cycle, cycle: 1 },
    ]);
    const newest = await store.cycles.list({ limit: 2 });
    expect(newest.map((entry) => entry.cycle)).toEqual([3, 2]);
    expect(await store.cycles.find(1)).toEqual({ ...cycle, cycle: 1 });
    expect(await store.cycles.find(4)).toBeUndefined();
    const failed = { scenario: "feed", outcome: "failed", cycles: 1, finishedAt: 2 };
    const [held, done] = (["not-enough-data", "promote"] as const).map((outcome) => ({
      ...failed,
      scenario: "shop",
      outcome,
    }));
    expect(await store.cycles.outcomes()).toEqual([failed, held, done]);
    await store.close();
  });

  test("a checkpoint keeps its newest bytes", async () => {
    const store = await open();
    expect(await store.checkpoints.load("shop")).toBeUndefined();
    const save = (name: string, ...bytes: number[]) =>
      store.policies.apply({ checkpoints: [{ name, bytes: new Uint8Array(bytes) }] });
    await save("shop", 1, 2);
    await save("feed", 7);
    await save("shop", 3);
    expect(await store.checkpoints.load("shop")).toEqual(new Uint8Array([3]));
    expect(await store.checkpoints.load("feed")).toEqual(new Uint8Array([7]));
    await store.close();
  });

  const whole = {
    add: [samplePolicy()],
    statuses: [{ version: 1, status: "retired" }],
    assign: ([serving = 0]) => ({ scenario: "shop", assignment: { serving, canaryShare: 0 } }),
    checkpoints: [{ name: "shop", bytes: new Uint8Array([2]) }],
    cycle: () => cycle,
    intervention: { scenario: "shop", kind: "pause", madeAt: 7 },
  } as const satisfies PolicyChange;
  const refuse = () => {
    throw new Error("refused");
  };
  test.each<[string, PolicyChange, object]>([
    ["assign throws", { ...whole, assign: refuse }, { message: "refused" }],
    ["cycle throws", { ...whole, cycle: refuse }, { message: "refused" }],
    [
      "a status names no policy",
      { ...whole, statuses: [...whole.statuses, { version: 9, status: "held" }] },
      { code: "not_found", details: { version: 9 } },
    ],
    [
      "the assignment names no policy",
      {
        ...whole,
        assign: () => ({ scenario: "shop", assignment: { serving: 9, canaryShare: 0 } }),
      },
      {},
    ],
    ["the parent is no policy", { ...whole, add: [samplePolicy({ parent: 9 })] }, {}],
  ])("a change leaves nothing where %s", async (_case, change, error) => {
    const store = await open();
    await store.policies.apply({
      ...whole,
      checkpoints: [{ name: "shop", bytes: new Uint8Array([1]) }],
      statuses: [],
    });
    await expect(store.policies.apply(change)).rejects.toMatchObject(error);
    expect(await store.policies.list({ limit: 9 })).toMatchObject([{ status: "serving" }]);
    expect(await store.policies.bytes(2)).toBeUndefined();
    expect(await store.policies.assignment("shop")).toEqual({ serving: 1, canaryShare: 0 });
    expect(await store.cycles.list({ limit: 9 })).toHaveLength(1);
    expect(await store.checkpoints.load("shop")).toEqual(new Uint8Array([1]));
    expect(await store.interventions.list({ limit: 9 })).toHaveLength(1);
    expect(await store.policies.apply(whole)).toEqual({ added: [2], cycle: 2, intervention: 2 });
    await store.close();
  });
}
