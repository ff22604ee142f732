import fc from "fast-check";
import { expect, test } from "vitest";
import { arms, type Candidate, type Decision } from "../../src/domain/decision.ts";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { DecisionStore } from "../../src/storage/decision-store.ts";
import { countTurns } from "../support/count-turns.ts";
import { sampleDecision } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const probability = fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true });
const id = fc.string({ minLength: 1, unit: "grapheme" }).map(itemId);
const features = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
  noNullPrototype: true,
});
const candidate = fc.record(
  { itemId: id, features },
  { requiredKeys: ["itemId"], noNullPrototype: true },
);
const time = fc.nat({ max: Number.MAX_SAFE_INTEGER });

const mark = fc.record(
  {
    version: fc.nat(),
    through: fc.nat(),
    renewal: fc.nat(),
    forgetting: probability,
    temperature: probability,
    drawScale: probability,
  },
  { noNullPrototype: true },
);

const rule = fc.record(
  {
    weights: fc.dictionary(fc.string(), probability, {
      noNullPrototype: true,
    }),
    windowSeconds: fc.nat(),
    defaultReward: probability,
    minimum: fc.constantFrom(0, -1),
    maximum: probability,
  },
  { noNullPrototype: true },
);

const decided = {
  userId: fc.string({ minLength: 1, unit: "grapheme" }).map(userId),
  scenario: fc.string({ minLength: 1, unit: "grapheme" }),
  arm: fc.constantFrom(...arms),
  policyVersion: fc.nat(),
  seed: fc.nat({ max: 2 ** 32 - 1 }),
  asOf: time,
  context: features as fc.Arbitrary<JsonObject>,
  candidates: fc.array(candidate as fc.Arbitrary<Candidate>),
  slate: fc.array(id),
  positionPropensities: fc.array(probability),
  slatePropensity: probability,
  exploration: probability,
  decidedAt: time,
  expiresAt: time,
};
const decisions: fc.Arbitrary<Omit<Decision, "decisionId">> = fc.oneof(
  fc.record(decided),
  fc.record({ ...decided, rewardRule: rule }),
  fc.record({ ...decided, fastLoop: mark, rewardRule: rule }),
);

type Before = Parameters<DecisionStore["list"]>[0]["before"];

export function testDecisions(open: OpenStore): void {
  test("any decision comes back exactly, propensities bit for bit", async () => {
    const store = await open();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(decisions, async (rest) => {
        number += 1;
        const decision = { ...rest, decisionId: decisionId(String(number)) };
        await store.decisions.append(decision);
        const found = await store.decisions.find(decision.decisionId);
        expect(found?.decision).toStrictEqual(decision);
        expect(found?.sequence).toBe(number);
      }),
      { seed: 3, numRuns: 40 },
    );
    await store.close();
  });

  test("a decision keeps who offered its items and which version retrieved", async () => {
    const store = await open();
    const retrievals = [
      {},
      { offeredBy: "request" },
      { offeredBy: "catalogue", retriever: 0 },
    ] as const;
    for (const [index, retrieval] of retrievals.entries())
      await store.decisions.append(sampleDecision(`d-${index}`, retrieval));
    const range = { from: 0, to: 9999, after: 0, asOf: 99, limit: 9 };
    const found = await store.decisions.scan(range);
    expect(found.map(({ decision }) => decision)).toEqual(
      retrievals.map((retrieval, index) => sampleDecision(`d-${index}`, retrieval)),
    );
    for (const scanned of found) expect(scanned).not.toHaveProperty("changed");
    await store.close();
  });

  test("decisions share a rule that is written once, and keep theirs when another comes", async () => {
    const store = await open();
    const known = { windowSeconds: 60, defaultReward: 0, minimum: 0, maximum: 1 };
    const rules = [1, 2, 1].map((click) => ({ ...known, weights: { click } }));
    for (const [index, rewardRule] of rules.entries())
      await store.decisions.append(sampleDecision(`d-${index}`, { rewardRule }));
    const found = (await store.decisions.recent(9)).map(({ decision }) => decision.rewardRule);
    expect(found).toEqual([rules[2], rules[1], rules[0]]);
    expect(found[0]).toBe(found[2]);
    const servingRule = {
      baselineShare: 0.1,
      excludeSeen: true,
      exploration: 0.03,
      maxCandidates: 500,
    };
    await store.decisions.append(sampleDecision("d", { servingRule }));
    expect((await store.decisions.find(decisionId("d")))?.decision).toMatchObject({ servingRule });
    await store.close();
  });

  test("pages of decisions are those of a scenario, user, item and time, newest first", async () => {
    const store = await open();
    const random = createRandom(5);
    const pick = (names: readonly string[]) => names[random.integer(names.length)]!;
    const made = Array.from({ length: 60 }, (_, index) =>
      sampleDecision(`d-${index}`, {
        scenario: pick(["shop", "feed"]),
        userId: userId(pick(["ada", "bob"])),
        slate: [itemId(pick(["a", "b", "c"])), itemId("all")],
        // Clocks of servers differ, and several decisions have one time.
        decidedAt: 100 + random.integer(20),
      }),
    );
    for (const decision of made) await store.decisions.append(decision);
    const newestFirst = made
      .map((decision, sequence) => ({ decision, sequence }))
      .sort((l, r) => r.decision.decidedAt - l.decision.decidedAt || r.sequence - l.sequence)
      .map(({ decision }) => decision);
    for (const user of [undefined, "ada"]) {
      for (const item of [undefined, "b", "all", "none"]) {
        const wanted = newestFirst.filter(
          (one) =>
            one.scenario === "shop" &&
            (user === undefined || one.userId === user) &&
            (item === undefined || one.slate.includes(itemId(item))) &&
            one.decidedAt >= 104 &&
            one.decidedAt < 117,
        );
        const listed: Decision[] = [];
        let before: Before | undefined = { decidedAt: 117 };
        while (before !== undefined) {
          const { rows, next } = await store.decisions.list({
            scenario: "shop",
            from: 104,
            before,
            limit: 3,
            ...(user !== undefined && { userId: userId(user) }),
            ...(item !== undefined && { itemId: itemId(item) }),
          });
          listed.push(...rows.map(({ decision }) => decision));
          const last = next && (await store.decisions.find(next));
          before = last && { decidedAt: last.decision.decidedAt, sequence: last.sequence };
        }
        expect(listed).toEqual(wanted);
      }
    }
    await store.close();
  });

  test("a page of a rare item looks at a thousand decisions, and says where the next one begins", async () => {
    const store = await open();
    for (let index = 0; index < 1002; index++) {
      const slate = [itemId(index === 0 ? "rare" : "common")];
      await store.decisions.append(sampleDecision(`d-${index}`, { slate, decidedAt: index }));
    }
    const { scenario } = sampleDecision("d");
    const query = { scenario, itemId: itemId("rare"), from: 0, limit: 10 };
    const first = await store.decisions.list({ ...query, before: { decidedAt: 5000 } });
    expect(first).toEqual({ rows: [], next: "d-2" });
    const second = await store.decisions.list({ ...query, before: { decidedAt: 2, sequence: 3 } });
    expect(second.rows.map(({ decision }) => decision.decisionId)).toEqual(["d-0"]);
    expect(second).not.toHaveProperty("next");
    await store.close();
  });

  test("a page of decisions is read in turns, ten at a time", async () => {
    const store = await open();
    const made = Array.from({ length: 25 }, (_, index) => sampleDecision(`d-${index}`));
    await store.decisions.appendAll(made);
    const [{ scenario, decidedAt }] = made as [Decision];
    const query = { scenario, from: 0, before: { decidedAt: decidedAt + 1 }, limit: 21 };
    const { result, turns } = await countTurns(() => store.decisions.list(query));
    expect(result.rows).toHaveLength(21);
    expect(turns).toBe(2);
    await store.close();
  });

  test("a known decision id is refused with conflict and keeps the first decision", async () => {
    const store = await open();
    await store.decisions.append(sampleDecision("d", { seed: 1 }));
    const again = store.decisions.append(sampleDecision("d", { seed: 2 }));
    await expect(again).rejects.toMatchObject({ code: "conflict", details: { decisionId: "d" } });
    expect(await store.decisions.find(decisionId("d"))).toMatchObject({ decision: { seed: 1 } });
    expect(await store.sequence()).toBe(1);
    await store.close();
  });

  test("a propensity that is not a number is refused", async () => {
    const store = await open();
    const wrong: Partial<Decision>[] = [
      { positionPropensities: [0.5, Number.NaN] },
      { slatePropensity: Number.POSITIVE_INFINITY },
      { exploration: Number.NaN },
    ];
    for (const change of wrong) {
      await expect(store.decisions.append(sampleDecision("d", change))).rejects.toThrow(/finite/);
    }
    expect(await store.decisions.count()).toBe(0);
    await store.close();
  });

  test("decisions are found by their ids", async () => {
    const store = await open();
    for (const name of ["1", "2"]) await store.decisions.append(sampleDecision(name));
    const found = await Promise.all(["2", "none", "1"].map(decisionId).map(store.decisions.find));
    expect(found.map((entry) => entry?.decision.decisionId)).toEqual(["2", undefined, "1"]);
    await store.close();
  });

  test("an event finds the part of its decision that it is attributed by", async () => {
    const store = await open();
    const decision = sampleDecision("1");
    await store.decisions.append(decision, sampleDecision("2"));
    const { decisionId: id, userId: user, scenario, slate, decidedAt, expiresAt } = decision;
    const { rewardRule } = decision;
    const shown = { decisionId: id, userId: user, scenario, slate, decidedAt, expiresAt };
    expect(await store.decisions.findShown(id)).toEqual({
      ...shown,
      ...(rewardRule && { rewardRule }),
    });
    expect(await store.decisions.findShown(decisionId("none"))).toBeUndefined();
    await store.close();
  });

  test("the newest open decision of the user that shows the item is found by it", async () => {
    const store = await open();
    const append = (name: string, change: Partial<Decision>) =>
      store.decisions.append(sampleDecision(name, change));
    await append("first", {});
    await append("second", { expiresAt: 1500 });
    await append("other item", { slate: [itemId("b")] });
    await append("other user", { userId: userId("bob") });
    await append("later", { decidedAt: 1800 });
    const findAt = async (item: string, now: number, occurredAt = now) => {
      const event = { userId: userId("ann"), itemId: itemId(item), occurredAt };
      const found = await store.decisions.findByItem({ ...event, now });
      return found?.decisionId;
    };
    expect(await findAt("a", 999)).toBeUndefined();
    expect(await findAt("a", 1000)).toBe("second");
    expect(await findAt("a", 1499)).toBe("second");
    expect(await findAt("a", 1500)).toBe("first");
    expect(await findAt("b", 1500)).toBe("other item");
    expect(await findAt("a", 1800)).toBe("later");
    expect(await findAt("a", 1800, 1799)).toBe("first");
    expect(await findAt("a", 1800, 999)).toBeUndefined();
    expect(await findAt("a", 2000)).toBeUndefined();
    expect(await findAt("c", 1000)).toBeUndefined();
    await store.close();
  });

  test("recent decisions come newest first", async () => {
    const store = await open();
    for (const name of ["z", "a", "m"]) await store.decisions.append(sampleDecision(name));
    const recent = await store.decisions.recent(2);
    expect(recent.map(({ decision }) => decision.decisionId)).toEqual(["m", "a"]);
    await store.close();
  });

  test("decisions of a time are scanned in pages, oldest first, from the newest so many on", async () => {
    const store = await open();
    for (const decidedAt of [900, 1000, 1100, 1200, 1300]) {
      await store.decisions.append(sampleDecision(String(decidedAt), { decidedAt }));
    }
    const time = { from: 1000, to: 1300, asOf: 5 };
    const scan = async (after: number, limit: number, asOf = 5) =>
      (await store.decisions.scan({ ...time, after, asOf, limit })).map(
        ({ decision }) => decision.decidedAt,
      );
    expect(await scan(0, 9)).toEqual([1000, 1100, 1200]);
    expect(await scan(2, 1)).toEqual([1100]);
    expect(await scan(0, 9, 3)).toEqual([1000, 1100]);
    const span = (options: object) => store.decisions.span({ ...time, ...options });
    expect(await span({})).toEqual({ count: 3, after: 1 });
    expect(await span({ limit: 2 })).toEqual({ count: 2, after: 2 });
    expect(await span({ limit: 1, asOf: 3 })).toEqual({ count: 1, after: 2 });
    expect(await span({ from: 5000, to: 6000 })).toEqual({ count: 0, after: 0 });
    await store.close();
  });

  test("closed decisions of a scenario have a span, of the newest so many", async () => {
    const store = await open();
    for (const [index, expiresAt] of [100, 300, 200, 100].entries()) {
      await store.decisions.append(sampleDecision(`shop-${index}`, { expiresAt, decidedAt: 0 }));
      await store.decisions.append(sampleDecision(`${index}`, { scenario: "feed", expiresAt: 1 }));
    }
    // Closed are those of event numbers 1, 5 and 7.
    const closed = { scenario: "shop", after: 0, closedBefore: 200 };
    expect(await store.decisions.closedSpan(closed)).toEqual({ count: 3, after: 0 });
    expect(await store.decisions.closedSpan({ ...closed, after: 1 })).toEqual({
      count: 2,
      after: 4,
    });
    expect(await store.decisions.closedSpan({ ...closed, limit: 1 })).toEqual({
      count: 1,
      after: 6,
    });
    const [newest] = await store.decisions.feedback({ ...closed, after: 6, limit: 9 });
    expect(newest?.decision.decisionId).toBe("shop-3");
    expect(await store.decisions.closedSpan({ ...closed, scenario: "none" })).toEqual({
      count: 0,
      after: 0,
    });
    await store.close();
  });

  test("decisions are counted in all, by scenario and between event numbers", async () => {
    const store = await open();
    const scenarios = ["shop", "feed", "shop"];
    for (const [index, scenario] of scenarios.entries()) {
      await store.decisions.append(sampleDecision(String(index), { scenario }));
    }
    expect(await store.decisions.count()).toBe(3);
    expect(await store.decisions.count({ scenario: "shop" })).toBe(2);
    expect(await store.decisions.count({ after: 1 })).toBe(2);
    expect(await store.decisions.count({ scenario: "shop", after: 1 })).toBe(1);
    expect(await store.decisions.count({ scenario: "none" })).toBe(0);
    expect(await store.decisions.count({ after: 1, asOf: 2 })).toBe(1);
    expect(await store.decisions.count({ scenario: "shop", asOf: 2 })).toBe(1);
    const nth = [1, 2, 3].map((n) => store.decisions.nth("shop", n));
    expect(await Promise.all(nth)).toEqual([1, 3, undefined]);
    await store.close();
  });
}
