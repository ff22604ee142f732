import { describe, expect, test } from "vitest";
import { openAuditedShop, openDecided } from "../../../tests/support/audited-shop.ts";
import { ann, assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";

/** The shop after a promotion: a share of the users keeps the policy before. */
async function openPromoted() {
  const shop = await openAuditedShop();
  const replaced = shop.version!;
  await assign(
    shop.store,
    { serving: shopSnapshot(2) },
    { holdback: replaced, holdbackShare: 0.4 },
  );
  const { serving } = await shop.store.policies.assignment("shop");
  const promotion = { replaced, promotedAt: shop.clock(), holdbackShare: 0.4, predicted: {} };
  const status = { version: serving!, status: "serving", evidence: { promotion } } as const;
  await shop.store.policies.apply({ statuses: [status] });
  shop.advance(1);
  // At once, so that they share commits.
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, user) =>
      shop.engine.recommend({ userId: userId(`user-${user}`) }),
    ),
  );
  const decisions = answers.map(({ decision }) => decision);
  return { ...shop, replaced, serving: serving!, decisions };
}

describe("the holdback of a promotion", () => {
  test("is derived again, propensities and users", async () => {
    const { decisions, replaced, serving, run } = await openPromoted();
    const versions = { serving, holdback: replaced, canary: 0, baseline: 0 };
    for (const { arm, policyVersion } of decisions) expect(policyVersion).toBe(versions[arm]);
    expect(new Set(decisions.map(({ arm }) => arm))).toEqual(new Set(["serving", "holdback"]));
    const { findings, largestDifference } = await run();
    expect(findings).toEqual([]);
    expect(largestDifference).toBeLessThan(1e-6);
  });

  test("has no user who does not belong there, and none before the promotion", async () => {
    const { decisions, tamper, run } = await openPromoted();
    const [one, other] = decisions.filter(({ arm }) => arm === "holdback");
    const stranger = decisions.find(({ arm }) => arm === "serving")!;
    const change = "UPDATE decisions SET";
    tamper(`${change} user_id = ? WHERE decision_id = ?`, stranger.userId, one!.decisionId);
    tamper(`${change} decided_at = ? WHERE decision_id = ?`, 5, other!.decisionId);
    const problem = expect.stringContaining(`user '${stranger.userId}' is not in the holdback`);
    const early = expect.stringContaining("no promotion had replaced policy version");
    const { findings } = await run();
    const found = (id: string) => findings.filter(({ decisionId }) => decisionId === id);
    expect(findings.length).toBe(2);
    expect(found(one!.decisionId)).toMatchObject([{ cause: "tampered-row", problem }]);
    expect(found(other!.decisionId)).toMatchObject([{ cause: "tampered-row", problem: early }]);
  });
});

describe("a change is found and named:", () => {
  test("a position propensity", async () => {
    const { decision, tamper, run } = await openDecided();
    const [first = 0, second = 0] = decision.positionPropensities;
    tamper(
      "UPDATE decisions SET position_propensities = ? WHERE decision_id = 'd-1'",
      JSON.stringify([first + 0.01, second]),
    );
    const { findings, largestDifference } = await run();
    expect(findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: `propensities differ by 1.00e-2 from those of policy version ${decision.policyVersion}: the row was changed`,
      },
    ]);
    expect(largestDifference).toBeCloseTo(0.01, 9);
  });

  test("a joint propensity", async () => {
    const { decision, tamper, run } = await openDecided();
    tamper("UPDATE decisions SET slate_propensity = ?", decision.slatePropensity + 2e-6);
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: expect.stringContaining("propensities differ by 2.00e-6"),
      },
    ]);
  });

  test("a difference that rounding explains is none", async () => {
    const { decision, tamper, run } = await openDecided();
    tamper("UPDATE decisions SET slate_propensity = ?", decision.slatePropensity + 5e-7);
    const { findings, largestDifference } = await run();
    expect(findings).toEqual([]);
    expect(largestDifference).toBeCloseTo(5e-7, 12);
  });

  test("a missing position propensity", async () => {
    const { decision, tamper, run } = await openDecided();
    tamper(
      "UPDATE decisions SET position_propensities = ?",
      JSON.stringify(decision.positionPropensities.slice(0, 1)),
    );
    expect((await run()).findings.length).toBe(1);
  });

  test("an item that was no candidate", async () => {
    const { decision, tamper, run } = await openDecided();
    tamper("UPDATE decisions SET slate = ?", JSON.stringify(["i-5", decision.slate[1]]));
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: "the slate holds an item that was no candidate",
      },
    ]);
  });

  test("the seed", async () => {
    const { decision, engine, tamper, run } = await openDecided();
    // A seed that draws another slate.
    let other = 6;
    const draw = async (seed: number) =>
      (await engine.recommend({ userId: userId("bob"), candidates: decision.candidates, seed }))
        .decision.slate;
    const same = (await draw(5)).join();
    while ((await draw(other)).join() === same) other++;
    tamper("UPDATE decisions SET seed = ? WHERE decision_id = 'd-1'", other);
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: `seed ${other} draws another slate: the row was changed`,
      },
    ]);
  });

  test("the context", async () => {
    const { tamper, run } = await openDecided();
    tamper("UPDATE decisions SET context = ?", JSON.stringify({ device: "phone" }));
    expect((await run()).findings.map(({ decisionId }) => decisionId)).toEqual(["d-1"]);
  });

  test("the exploration share", async () => {
    const { tamper, run } = await openDecided();
    tamper("UPDATE decisions SET exploration = 0.2");
    expect((await run()).findings.length).toBe(1);
  });

  test("an event of the user before the decision that is gone", async () => {
    const shop = await openAuditedShop();
    await shop.engine.record([{ type: "click", userId: ann, itemId: itemId("i-0") }]);
    await shop.engine.recommend({ userId: ann });
    shop.tamper("DELETE FROM events");
    expect((await shop.run()).findings.length).toBe(1);
  });

  test("a snapshot that is gone", async () => {
    const { tamper, run, version } = await openDecided();
    tamper("DELETE FROM policy_bytes WHERE version = ?", version!);
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "missing-snapshot",
        problem: `policy version ${version} is not in the store: its snapshot is missing; restore it from a copy of the database`,
      },
    ]);
  });

  test("a snapshot that is damaged", async () => {
    const { tamper, run, version } = await openDecided();
    const damaged = shopSnapshot();
    damaged[damaged.length >> 1]! ^= 1;
    tamper("UPDATE policy_bytes SET bytes = ? WHERE version = ?", damaged, version!);
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "wrong-snapshot",
        problem: expect.stringContaining("is not the snapshot that was published: SHA-256"),
      },
    ]);
  });

  test("a version that never was", async () => {
    const { tamper, run } = await openDecided();
    tamper("UPDATE decisions SET policy_version = 99");
    expect((await run()).findings).toMatchObject([
      {
        cause: "missing-snapshot",
        problem: expect.stringContaining("there is no policy 99; check the number"),
      },
    ]);
  });

  test("another policy's version in the row", async () => {
    const { store, tamper, run } = await openDecided();
    const [other] = await assign(store, { canary: shopSnapshot(2) });
    tamper("UPDATE decisions SET policy_version = ?", other!);
    expect((await run()).findings).toMatchObject([
      { cause: "tampered-row", problem: expect.stringContaining(`policy version ${other}`) },
    ]);
  });

  test("a snapshot in place of another", async () => {
    const { tamper, run, version } = await openDecided();
    tamper("UPDATE policy_bytes SET bytes = ? WHERE version = ?", shopSnapshot(2), version!);
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "wrong-snapshot",
        problem: expect.stringMatching(
          /^policy version \d+ is not the snapshot that was published: SHA-256 [0-9a-f]{12}… and not [0-9a-f]{12}…$/,
        ),
      },
    ]);
  });
});
