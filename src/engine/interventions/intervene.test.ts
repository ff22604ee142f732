import { describe, expect, test } from "vitest";
import { startOfTests } from "../../../tests/support/engine.ts";
import { ann, assign, openShop, shopSnapshot } from "../../../tests/support/shop.ts";
import type { Proposed } from "../../domain/policy-evidence.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";

const proposed: Proposed = {
  reason: "Promoted: better.",
  holdbackShare: 0.05,
  predicted: { difference: 0.1, relativeLift: 0.2 },
};

/** Versions 1 and 2 are the start and its baseline; 3 serves, 4 is a canary, 5 waits for approval. */
async function openOperated(changes: Partial<Assignment> = {}) {
  const shop = await openShop();
  const { store } = shop;
  await assign(store, { serving: shopSnapshot(1), canary: shopSnapshot(2) }, { canaryShare: 0.3 });
  const evidence = { verdict: "promote", reason: "Waits.", proposed } as const;
  const waiting = {
    kind: "network",
    status: "waiting",
    createdAt: 0,
    evidence,
    parent: 3,
  } as const;
  await store.policies.apply({
    add: [{ ...waiting, scenario: "shop", bytes: shopSnapshot(3) }],
    statuses: [
      { version: 3, status: "serving" },
      { version: 4, status: "canary" },
    ],
  });
  const before: Assignment = {
    ...(await store.policies.assignment("shop")),
    waiting: 5,
    ...changes,
  };
  await store.policies.apply({ assign: () => ({ scenario: "shop", assignment: before }) });
  const statusesOf = async () => {
    const policies = await store.policies.list({ limit: 9 });
    return Object.fromEntries(policies.map(({ version, status }) => [version, status]));
  };
  return { ...shop, before, statusesOf };
}

const code = (expected: string, message: RegExp) => ({
  code: expected,
  message: expect.stringMatching(message),
});

describe("a mode", () => {
  test.each([
    ["pause", "paused"],
    ["ask", "ask"],
  ] as const)(
    "of kind %s stands until another one, and leaves who answers alone",
    async (kind, mode) => {
      const { engine, store, before } = await openOperated();
      const done = await engine.intervene({ scenario: "shop", kind, by: "ada", reason: "sale" });
      const told = { scenario: "shop", kind, madeAt: startOfTests, by: "ada", reason: "sale" };
      expect(done).toEqual({ ...told, intervention: 1 });
      expect(await store.policies.assignment("shop")).toEqual({ ...before, mode });
      expect((await engine.health()).promotions).toEqual({ shop: mode });
      await engine.intervene({ scenario: "shop", kind: "resume" });
      expect(await store.policies.assignment("shop")).toEqual(before);
      const told2 = await engine.interventions({ scenario: "shop", limit: 9 });
      expect(told2.map(({ kind: one }) => one)).toEqual(["resume", kind]);
      expect(told2[1]).toEqual(done);
    },
  );
});

describe("a pinned version", () => {
  test("answers alone: canary, holdback and what waits leave, the one before is retired", async () => {
    const { engine, store, before, statusesOf } = await openOperated();
    const done = await engine.intervene({ scenario: "shop", kind: "pin", version: 1 });
    expect(done).toMatchObject({ kind: "pin", version: 1, replaced: 3 });
    const { canary: _, waiting: __, ...rest } = before;
    const pinned = { ...rest, serving: 1, retriever: 1, canaryShare: 0, mode: "pinned" };
    expect(await store.policies.assignment("shop")).toEqual(pinned);
    const retired = { 3: "retired", 4: "undecided", 5: "retired" };
    expect(await statusesOf()).toMatchObject({ 1: "serving", ...retired });
    expect((await engine.recommend({ userId: ann })).decision.policyVersion).toBe(1);
    await engine.intervene({ scenario: "shop", kind: "resume" });
    expect(await store.policies.assignment("shop")).toMatchObject({ serving: 1 });
  });

  test("may be the one that serves, or the canary", async () => {
    const { engine, statusesOf } = await openOperated();
    const same = await engine.intervene({ scenario: "shop", kind: "pin", version: 3 });
    expect(same).not.toHaveProperty("replaced");
    expect(await statusesOf()).toMatchObject({ 3: "serving", 4: "undecided" });
    await engine.intervene({ scenario: "shop", kind: "pin", version: 4 });
    expect(await statusesOf()).toMatchObject({ 3: "retired", 4: "serving" });
  });

  test("can't be rolled back, and the refusal says what to do", async () => {
    const { engine } = await openOperated({ mode: "pinned" });
    await expect(engine.rollBack("shop")).rejects.toMatchObject(
      code("conflict", /policy 3 of scenario shop is pinned; pin another version, or resume/),
    );
  });

  test("must be a whole network of the scenario", async () => {
    const { engine, store, before } = await openOperated();
    const other = { kind: "network", status: "held", createdAt: 0, evidence: {} } as const;
    await store.policies.apply({
      add: [
        { ...other, scenario: "feed", bytes: shopSnapshot() },
        { ...other, scenario: "shop", bytes: new Uint8Array(99) },
      ],
    });
    const pin = (version: number) => engine.intervene({ scenario: "shop", kind: "pin", version });
    await expect(pin(99)).rejects.toMatchObject(code("not_found", /no policy 99/));
    await expect(pin(6)).rejects.toMatchObject(code("not_found", /scenario shop has no policy 6/));
    await expect(pin(2)).rejects.toMatchObject(code("conflict", /policy 2 is a baseline/));
    await expect(pin(7)).rejects.toMatchObject({ code: "corrupt_snapshot" });
    expect(await store.policies.assignment("shop")).toEqual(before);
    expect(await engine.interventions({ limit: 9 })).toEqual([]);
  });
});

describe("the policy that waits", () => {
  test("serves once it is approved, as the gate would have promoted it", async () => {
    const { engine, store, before, statusesOf } = await openOperated({ mode: "ask" });
    const approve = { scenario: "shop", kind: "approve", version: 5 } as const;
    expect(await engine.intervene(approve)).toMatchObject({ version: 5, replaced: 3 });
    const { canary: _, waiting: __, ...rest } = before;
    expect(await store.policies.assignment("shop")).toEqual({
      ...rest,
      serving: 5,
      canaryShare: 0,
      mode: "ask",
      holdback: 3,
      holdbackShare: 0.05,
    });
    expect(await statusesOf()).toMatchObject({ 3: "holdback", 4: "undecided", 5: "serving" });
    const { holdbackShare, predicted } = proposed;
    expect((await store.policies.find(5))?.evidence).toEqual({
      verdict: "promote",
      reason: "Promoted: better.",
      promotion: { replaced: 3, promotedAt: startOfTests, holdbackShare, predicted },
    });
    await expect(engine.intervene(approve)).rejects.toMatchObject(
      code("conflict", /policy 5 does not wait .* no policy waits/),
    );
  });

  test("is retired once it is rejected, and its traffic ends where it is a canary", async () => {
    const { engine, store, before, statusesOf } = await openOperated();
    await engine.intervene({ scenario: "shop", kind: "reject", version: 5 });
    const { waiting: _, ...answered } = before;
    expect(await store.policies.assignment("shop")).toEqual(answered);
    expect(await statusesOf()).toMatchObject({ 3: "serving", 4: "canary", 5: "retired" });

    const asked = await openOperated({ waiting: 4 });
    await asked.engine.intervene({ scenario: "shop", kind: "reject", version: 4 });
    const { canary: __, ...rest } = answered;
    expect(await asked.store.policies.assignment("shop")).toEqual({ ...rest, canaryShare: 0 });
    expect(await asked.statusesOf()).toMatchObject({ 4: "retired" });
  });

  test("a canary that waits serves once it is approved", async () => {
    const { engine, store, statusesOf } = await openOperated({ waiting: 4 });
    await engine.intervene({ scenario: "shop", kind: "approve", version: 4 });
    expect(await statusesOf()).toMatchObject({ 4: "serving" });
    expect(await store.policies.assignment("shop")).not.toHaveProperty("canary");
  });

  test("is answered for by its number: one that another took the place of is not approved", async () => {
    const { engine, store, before } = await openOperated();
    await expect(
      engine.intervene({ scenario: "shop", kind: "approve", version: 4 }),
    ).rejects.toMatchObject(code("conflict", /policy 4 does not wait .* policy 5 waits/));
    expect(await store.policies.assignment("shop")).toEqual(before);
  });

  test("leaves with the policy that it was held against", async () => {
    const { engine, store, statusesOf } = await openOperated();
    const note = { by: "ada", reason: "fewer purchases" };
    await engine.rollBack("shop", note);
    expect(await store.policies.assignment("shop")).not.toHaveProperty("waiting");
    expect(await statusesOf()).toMatchObject({ 1: "serving", 3: "rolled-back", 5: "retired" });
    expect(await engine.interventions({ limit: 9 })).toMatchObject([
      { kind: "roll-back", version: 1, replaced: 3, madeAt: startOfTests, ...note },
    ]);
  });
});

describe("what no operator means is refused and changes nothing:", () => {
  test.each([
    ["an unknown kind", { kind: "stop" }, /kind is "stop"/],
    ["a pin without a version", { kind: "pin" }, /version is missing/],
    ["a pause of a version", { kind: "pause", version: 3 }, /version is unknown/],
    ["a version that is none", { kind: "pin", version: 1.5 }, /version is 1\.5/],
    ["an empty name", { kind: "pause", by: " " }, /by is " "/],
    ["a reason without end", { kind: "pause", reason: "x".repeat(1001) }, /reason is "x+…/],
    ["no object", 7, /input is 7/],
  ])("%s", async (_, input, message) => {
    const { engine, store, before } = await openOperated();
    const sent = typeof input === "object" ? { scenario: "shop", ...input } : input;
    await expect(engine.intervene(sent as never)).rejects.toMatchObject(
      code("invalid_request", message),
    );
    expect(await store.policies.assignment("shop")).toEqual(before);
  });

  test("an unknown scenario, in whatever is asked", async () => {
    const { engine } = await openOperated();
    const unknown = { code: "unknown_scenario" };
    await expect(engine.intervene({ scenario: "feed", kind: "pause" })).rejects.toMatchObject(
      unknown,
    );
    await expect(engine.interventions({ scenario: "feed", limit: 1 })).rejects.toMatchObject(
      unknown,
    );
  });

  test("a roll-back with a field that is none", async () => {
    const { engine, statusesOf } = await openOperated();
    await expect(engine.rollBack("shop", { who: "ada" } as never)).rejects.toMatchObject(
      code("invalid_request", /who is unknown/),
    );
    expect(await statusesOf()).toMatchObject({ 3: "serving" });
  });
});

test("a roll-back that names its policy goes back once, however often it is sent", async () => {
  const { engine, store } = await openOperated();
  await engine.rollBack("shop", { serving: 3, reason: "sale" });
  await expect(engine.rollBack("shop", { serving: 3, reason: "sale" })).rejects.toMatchObject(
    code("conflict", /^policy 3 of scenario shop serves no longer: policy 1 does; look at/),
  );
  const done = await store.interventions.list({ limit: 9 });
  expect(done).toMatchObject([{ kind: "roll-back", version: 1, replaced: 3, reason: "sale" }]);
  expect(done[0]).not.toHaveProperty("serving");
});

test("of two operators at the same moment one is done, the other told to look again", async () => {
  const { engine, store } = await openOperated();
  const outcomes = await Promise.allSettled([
    engine.intervene({ scenario: "shop", kind: "approve", version: 5 }),
    engine.rollBack("shop"),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "conflict" },
  });
  expect(await store.interventions.list({ limit: 9 })).toHaveLength(1);
});
