import fc from "fast-check";
import { expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { arms, type Decision } from "../../domain/decision.ts";
import { userId } from "../../domain/ids.ts";

const scenario = {
  maxCandidates: 8,
  excludeSeen: true,
  fastLoop: { enabled: true, forgetting: 0.94, temperature: 0.01 },
  reward: { weights: { click: 1 }, windowSeconds: 5, graceSeconds: 0, maximum: 1 },
};

/** A run with slates, canary, holdback and more exploration in turn, anchor and uniform slice, a fast loop, and items that change, go and come. */
async function openRun() {
  const shop = await openAuditedShop({
    scenario,
    rest: { baselineShare: 0.1, uniformShare: 0.1 },
    items: 12,
  });
  const replaced = shop.version!;
  const changes: Readonly<Record<number, () => Promise<unknown>>> = {
    20: () => shop.engine.putItems([sampleItem("i-3", { categories: ["changed"] })]),
    25: () => assign(shop.store, {}, { anchor: replaced, anchorShare: 0.1, anchorSince: 0 }),
    30: () => assign(shop.store, { canary: shopSnapshot(2) }, { canaryShare: 0.5 }),
    40: () => shop.engine.putItems([sampleItem("i-4", { available: false })]),
    50: () => assign(shop.store, { baseline: shopSnapshot(4) }, { exploration: 0.2 }),
    60: () =>
      assign(
        shop.store,
        { serving: shopSnapshot(3) },
        { holdback: replaced, holdbackShare: 0.4, canaryShare: 0.2 },
      ),
    70: () => shop.engine.putItems([sampleItem("new")]),
  };
  const decisions: Decision[] = [];
  for (let turn = 0; turn < 90; turn++) {
    shop.advance(1);
    await shop.engine.idle();
    await changes[turn]?.();
    const user = userId(`user-${turn}`);
    const { decision } = await shop.engine.recommend({ userId: user });
    decisions.push(decision);
    const { decisionId, slate } = decision;
    if (turn % 3 > 0) continue;
    await shop.engine.record([{ type: "click", userId: user, itemId: slate[0]!, decisionId }]);
  }
  return { ...shop, decisions };
}

/** With one bit of its 52-bit mantissa changed. */
function changeFraction(value: number, bit: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  bytes.setBigUint64(0, bytes.getBigUint64(0) ^ (1n << BigInt(bit % 52)));
  return bytes.getFloat64(0);
}
const changeWhole = (value: number, bit: number) => Number(BigInt(value) ^ (1n << BigInt(bit)));

/** By column, the value with one bit changed. */
const changes = {
  position_propensities: ({ positionPropensities: all }: Decision, bit: number) =>
    JSON.stringify(
      all.map((value, place) => (place === bit % 2 ? changeFraction(value, bit) : value)),
    ),
  slate_propensity: (row: Decision, bit: number) => changeFraction(row.slatePropensity, bit),
  exploration: (row: Decision, bit: number) => changeFraction(row.exploration, bit),
  seed: (row: Decision, bit: number) => changeWhole(row.seed, bit % 32),
  as_of: (row: Decision, bit: number) => changeWhole(row.asOf, bit % 16),
  policy_version: (row: Decision, bit: number) => changeWhole(row.policyVersion, bit % 8),
  decided_at: (row: Decision, bit: number) => changeWhole(row.decidedAt, bit % 8),
  arm: (row: Decision, bit: number) => arms.filter((arm) => arm !== row.arm)[bit % 5]!,
  retriever: (row: Decision, bit: number) => changeWhole(row.retriever!, bit % 8),
};

const stored = (row: Decision) => ({
  position_propensities: JSON.stringify(row.positionPropensities),
  slate_propensity: row.slatePropensity,
  exploration: row.exploration,
  seed: row.seed,
  as_of: row.asOf,
  policy_version: row.policyVersion,
  decided_at: row.decidedAt,
  arm: row.arm,
  retriever: row.retriever!,
});

test("a run of everything has no findings, and one changed bit of any logged number is one", async () => {
  const { decisions, tamper, run } = await openRun();
  expect(new Set(decisions.map(({ arm }) => arm))).toEqual(new Set(arms));
  expect(decisions.some(({ fastLoop }) => fastLoop !== undefined)).toBe(true);
  const clean = { decisions: 90, findings: [], armsNotDerivable: 0, retrievalsNotDerivable: 0 };
  const untouched = await run();
  expect(untouched).toMatchObject(clean);
  expect(untouched.largestDifference).toBeLessThan(1e-12);
  const columns = Object.keys(changes) as (keyof typeof changes)[];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...decisions),
      fc.constantFrom(...columns),
      fc.nat({ max: 51 }),
      async (decision, column, bit) => {
        const { decisionId } = decision;
        const update = `UPDATE decisions SET ${column} = ? WHERE decision_id = ?`;
        tamper(update, changes[column](decision, bit), decisionId);
        // Each decision has a second of its own.
        const { decidedAt } = decision;
        const { findings } = await run(9, { from: decidedAt - 500, to: decidedAt + 500 });
        tamper(update, stored(decision)[column], decisionId);
        expect(findings.map((finding) => finding.decisionId)).toContain(decisionId);
      },
    ),
    { numRuns: 60 },
  );
  const rewarded = decisions.filter((_, turn) => turn % 3 === 0);
  const update =
    "UPDATE rewards SET value = ? WHERE decision_sequence = (SELECT sequence FROM decisions WHERE decision_id = ?)";
  for (const [bit, { decisionId, decidedAt }] of rewarded.entries()) {
    tamper(update, changeFraction(1, bit), decisionId);
    const { findings } = await run(9, { from: decidedAt - 500, to: decidedAt + 500 });
    tamper(update, 1, decisionId);
    expect(findings.map((finding) => finding.decisionId)).toEqual([decisionId]);
  }
  expect(await run()).toMatchObject(clean);
});
