import { describe, expect, test } from "vitest";
import { clicksOf } from "../../../tests/support/sample.ts";
import { ann, assign, candidatesOf, openShop, shopSnapshot } from "../../../tests/support/shop.ts";
import { arms } from "../../domain/decision.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import { measurePopularity } from "../../policy/measure-popularity.ts";
import { encodePopularity } from "../../policy/popularity.ts";
import { chooseArm } from "./choose-arm.ts";

const three = candidatesOf("i-0", "i-1", "i-2");

describe("arms", () => {
  const rest = { baselineShare: 0.1, uniformShare: 0.05 };
  const visitor = (user: number) => ({ scenario: "shop", userId: `user-${user}` });
  const all = {
    serving: 1,
    canary: 2,
    canaryShare: 0.25,
    holdback: 4,
    holdbackShare: 0.2,
    anchor: 5,
    anchorShare: 0.1,
    baseline: 3,
  };
  const nobody = { baselineShare: 0, uniformShare: 0 };

  test("take their shares of the users, within 4 standard errors", () => {
    const users = 20_000;
    const counts = { serving: 0, canary: 0, holdback: 0, anchor: 0, baseline: 0, uniform: 0 };
    for (let user = 0; user < users; user++) counts[chooseArm(all, rest, visitor(user))]++;
    // Anchor, canary and holdback have each their share of the users outside those before.
    for (const [arm, share] of [
      ["baseline", 0.1],
      ["uniform", 0.05],
      ["anchor", 0.085],
      ["canary", 0.25 * 0.765],
      ["holdback", 0.2 * 0.57375],
      ["serving", 0.8 * 0.57375],
    ] as const) {
      const error = Math.sqrt((share * (1 - share)) / users);
      expect(Math.abs(counts[arm] / users - share)).toBeLessThan(4 * error);
    }
  });

  test("that are not assigned fall to the serving policy", () => {
    const arm = (assignment: Assignment, baselineShare: number) =>
      chooseArm(assignment, { baselineShare, uniformShare: 0 }, visitor(1));
    expect(arm({ serving: 1, canaryShare: 0 }, 1)).toBe("serving");
    expect(arm({ serving: 1, canaryShare: 1, holdbackShare: 1 }, 0)).toBe("serving");
    expect(arm({ serving: 1, canary: 2, canaryShare: 0, holdback: 3 }, 0)).toBe("serving");
    expect(arm({ serving: 1, baseline: 2, canaryShare: 0 }, 1)).toBe("baseline");
  });

  test.each([
    ["holdback", (serving: number) => ({ serving, holdback: 4, holdbackShare: 0.2 })],
    ["canary", (canary: number) => ({ serving: 1, canary, canaryShare: 0.2 })],
    ["anchor", (anchor: number) => ({ serving: 1, anchor, anchorShare: 0.2 })],
  ] as const)("%s: other users for each policy, and always the same for one", (arm, assigned) => {
    const draw = (version: number) => {
      const assignment = { canaryShare: 0, ...assigned(version) };
      const users = Array.from({ length: 4000 }, (_, user) => user);
      return new Set(users.filter((user) => chooseArm(assignment, nobody, visitor(user)) === arm));
    };
    const [one, other] = [draw(7), draw(8)];
    expect(draw(7)).toEqual(one);
    const both = [...one].filter((user) => other.has(user)).length;
    const error = Math.sqrt(0.2 * 0.8 * one.size);
    expect(Math.abs(both - 0.2 * one.size)).toBeLessThan(4 * error);
  });

  test("rules from before the uniform share give every canary the same users", () => {
    const draw = (canary: number) =>
      Array.from({ length: 200 }, (_, user) =>
        chooseArm({ serving: 1, canary, canaryShare: 0.5 }, { baselineShare: 0 }, visitor(user)),
      );
    expect(draw(7)).toEqual(draw(8));
    expect(new Set(draw(7))).toEqual(new Set(["serving", "canary"]));
  });

  test("a user stays in one, and its policy answers", async () => {
    const { engine, store } = await openShop({ rest });
    const [serving, canary, holdback, anchor] = await assign(
      store,
      {
        serving: shopSnapshot(1),
        canary: shopSnapshot(2),
        holdback: shopSnapshot(3),
        anchor: shopSnapshot(4),
      },
      { canaryShare: 0.5, holdbackShare: 0.4, anchorShare: 0.2 },
    );
    const { baseline } = await store.policies.assignment("shop");
    const versions = { serving, canary, holdback, anchor, baseline, uniform: 0 };
    const seen = new Set<string>();
    for (let user = 0; user < 60; user++) {
      const ask = () => engine.recommend({ userId: userId(`user-${user}`), slateSize: 1 });
      const [one, two] = [(await ask()).decision, (await ask()).decision];
      expect(two.arm).toBe(one.arm);
      expect(one.policyVersion).toBe(versions[one.arm]);
      seen.add(one.arm);
    }
    expect(seen).toEqual(new Set(arms));
  });
});

describe("a snapshot that can't be read", () => {
  const corrupt = new Uint8Array(100);

  test("is replaced by the baseline, which answers under its own name, and is told", async () => {
    const { engine, store } = await openShop();
    const rewards = new Map([
      [itemId("i-1"), clicksOf(100, 5)],
      [itemId("i-2"), clicksOf(100, 50)],
    ]);
    const popular = encodePopularity(measurePopularity(rewards));
    const [serving, baseline] = await assign(store, { serving: corrupt, baseline: popular });
    const { decision, fallback } = await engine.recommend({
      userId: ann,
      candidates: three,
      seed: 1,
    });
    expect(decision).toMatchObject({ arm: "baseline", policyVersion: baseline });
    expect(fallback).toMatch(`policy ${serving} can't be used: policy snapshot is corrupt`);
    // i-2 is the most popular: it is shown with 1 − ε and its part of ε.
    const [first = Number.NaN] = decision.positionPropensities;
    expect(first).toBeCloseTo(decision.slate[0] === "i-2" ? 0.9 + 0.1 / 3 : 0.1 / 3, 12);
    expect((await engine.health()).problems).toEqual([
      expect.stringContaining(`policy ${serving}: policy snapshot is corrupt`),
    ]);
    await assign(store, { serving: shopSnapshot() });
    await engine.recommend({ userId: ann, candidates: three });
    expect((await engine.health()).problems).toEqual([]);
  });

  test("with a baseline that can't be read either is replaced by the uniform choice", async () => {
    const { engine, store } = await openShop();
    const [serving] = await assign(store, { serving: corrupt, baseline: corrupt });
    const { decision, fallback } = await engine.recommend({ userId: ann, candidates: three });
    expect(decision).toMatchObject({ arm: "baseline", policyVersion: 0 });
    expect(decision.positionPropensities[0]).toBeCloseTo(1 / 3, 12);
    expect(decision.positionPropensities[1]).toBeCloseTo(1 / 2, 12);
    expect(fallback).toMatch(`policy ${serving} can't be used`);
    expect((await store.decisions.find(decision.decisionId))?.decision).toEqual(decision);
  });

  test("of a scenario without any policy is the uniform choice too", async () => {
    const { engine, store } = await openShop();
    await store.policies.apply({
      assign: () => ({ scenario: "shop", assignment: { canaryShare: 0 } }),
    });
    const { decision, fallback } = await engine.recommend({ userId: ann });
    expect(decision.policyVersion).toBe(0);
    expect(fallback).toBe("no policy yet");
  });
});

describe("a catalogue above the limit of candidates", () => {
  const options = { scenario: { maxCandidates: 20 }, items: 60 };

  test("is brought down to the limit, the best items among it", async () => {
    const { engine, store } = await openShop(options);
    await assign(store, { serving: shopSnapshot(1, 60) });
    const kept = new Map<string, number>();
    for (let turn = 0; turn < 20; turn++) {
      const { decision } = await engine.recommend({ userId: ann });
      expect(decision.candidates.length).toBe(20);
      for (const { itemId: id } of decision.candidates) kept.set(id, (kept.get(id) ?? 0) + 1);
      for (const id of decision.slate)
        expect(decision.candidates.map((one) => one.itemId)).toContain(id);
    }
    const always = [...kept.values()].filter((count) => count === 20).length;
    expect(always).toBeGreaterThanOrEqual(10);
    expect(always).toBeLessThan(20);
    expect(kept.size).toBeGreaterThan(20);
  });

  test("the propensities are those among the candidates that are logged", async () => {
    const { engine } = await openShop(options);
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.positionPropensities[0]).toBeCloseTo(1 / 20, 12);
  });

  test("a slate larger than the limit raises the limit", async () => {
    const { engine } = await openShop({ scenario: { maxCandidates: 3 }, items: 10 });
    const { decision } = await engine.recommend({ userId: ann, slateSize: 5 });
    expect(decision.candidates.length).toBe(5);
    expect(decision.slate.length).toBe(5);
  });
});
