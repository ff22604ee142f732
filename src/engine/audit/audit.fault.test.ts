import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openAuditedShop, openDecided } from "../../../tests/support/audited-shop.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { ann, assign, candidatesOf, shopSnapshot } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { deflateJson } from "../../storage/sqlite/columns.ts";
import type { Engine } from "../engine.ts";

/** The shop after a promotion: a share of the users keeps the policy before. */
async function openPromoted() {
  const shop = await openAuditedShop();
  const replaced = shop.version!;
  const before = await shop.store.sequence();
  await assign(
    shop.store,
    { serving: shopSnapshot(2) },
    { holdback: replaced, holdbackShare: 0.4 },
  );
  const { serving } = await shop.store.policies.assignment("shop");
  shop.advance(1);
  // At once, so that they share commits.
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, user) =>
      shop.engine.recommend({ userId: userId(`user-${user}`) }),
    ),
  );
  const decisions = answers.map(({ decision }) => decision);
  return { ...shop, before, replaced, serving: serving!, decisions };
}

describe("the holdback of a promotion", () => {
  test("is derived again, propensities and users", async () => {
    const { decisions, replaced, serving, run } = await openPromoted();
    const versions = { serving, holdback: replaced, canary: 0, anchor: 0, baseline: 0, uniform: 0 };
    for (const { arm, policyVersion } of decisions) expect(policyVersion).toBe(versions[arm]);
    expect(new Set(decisions.map(({ arm }) => arm))).toEqual(new Set(["serving", "holdback"]));
    const { findings, largestDifference } = await run();
    expect(findings).toEqual([]);
    expect(largestDifference).toBeLessThan(1e-6);
  });

  test("has no user who does not belong there, and none before the promotion", async () => {
    const { before, decisions, replaced, serving, tamper, run } = await openPromoted();
    const [one, other] = decisions.filter(({ arm }) => arm === "holdback");
    const stranger = decisions.find(({ arm }) => arm === "serving")!;
    const change = "UPDATE decisions SET";
    tamper(`${change} user_id = ? WHERE decision_id = ?`, stranger.userId, one!.decisionId);
    tamper(`${change} as_of = ? WHERE decision_id = ?`, before, other!.decisionId);
    const changed = (user: string, version: number) =>
      `user '${user}' belongs to arm serving of policy version ${version}, not to holdback of ${replaced}: the row was changed`;
    const problem = changed(stranger.userId, serving);
    const early = changed(other!.userId, replaced);
    const { findings } = await run();
    const found = (id: string) => findings.filter(({ decisionId }) => decisionId === id);
    expect(findings.length).toBe(2);
    expect(found(one!.decisionId)).toMatchObject([{ cause: "tampered-row", problem }]);
    expect(found(other!.decisionId)).toMatchObject([{ cause: "tampered-row", problem: early }]);
  });
});

describe("an arm that the record does not suffice for is counted:", () => {
  test("of a row that has no rule", async () => {
    const { tamper, run } = await openDecided();
    tamper("UPDATE decisions SET serving_rule = NULL, checksum = NULL");
    expect(await run()).toMatchObject({ findings: [], armsNotDerivable: 1 });
  });

  test("of another arm's answer after a failure that has passed", async () => {
    const { store, engine, tamper, run } = await openAuditedShop();
    const [broken] = await assign(store, { serving: new Uint8Array(50) });
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.arm).toBe("baseline");
    expect(await run()).toMatchObject({ findings: [], armsNotDerivable: 0 });
    const mended = shopSnapshot();
    const checksum = createHash("sha256").update(mended).digest("hex");
    tamper("UPDATE policy_bytes SET bytes = ? WHERE version = ?", mended, broken!);
    tamper("UPDATE policy_snapshots SET checksum = ? WHERE version = ?", checksum, broken!);
    expect(await run()).toMatchObject({ findings: [], armsNotDerivable: 1 });
  });
});

describe("candidates that could not be shown are found:", () => {
  test.each([
    [
      "a withdrawn one",
      (engine: Engine) => engine.putItems([sampleItem("i-1", { available: false })]),
    ],
    ["a deleted one", (engine: Engine) => engine.deleteItem(itemId("i-1"))],
  ])("%s", async (_, change) => {
    const { store, engine, tamper, run } = await openDecided();
    await change(engine);
    tamper("UPDATE decisions SET as_of = ?", await store.sequence());
    const problem = expect.stringMatching(/^candidate 'i-1' was .* at event number \d+/);
    expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
  });

  test("one that the user had seen", async () => {
    const { store, engine, tamper, run } = await openAuditedShop({
      scenario: { excludeSeen: true },
    });
    await engine.recommend({ userId: ann });
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-2") }]);
    await engine.recommend({ userId: ann });
    expect((await run()).findings).toEqual([]);
    const moment = await store.sequence();
    tamper("UPDATE decisions SET as_of = ? WHERE decision_id = 'd-1'", moment);
    const problem = `candidate 'i-2' was withdrawn, or left out by a rule, at event number ${moment}: the row was changed`;
    expect((await run()).findings).toMatchObject([{ decisionId: "d-1", problem }]);
  });

  test.each([
    [["i-0", "i-1", "i-2"], "3 candidates are more than 2: the row was changed"],
    [["i-0", "i-0"], "a candidate is there twice: the row was changed"],
  ])("%j under a rule of two", async (candidates, problem) => {
    const { engine, tamper, run } = await openAuditedShop({ scenario: { maxCandidates: 2 } });
    const { decision } = await engine.recommend({ userId: ann });
    const update = "UPDATE decisions SET candidates = ? WHERE decision_id = ?";
    tamper(update, deflateJson(candidates), decision.decisionId);
    expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
  });
});

describe("a row that can't be read is found, named, and keeps no other from being checked:", () => {
  test.each([
    ["slate", "'[1'", /^decision 'd-2': column slate must hold JSON/],
    ["slate", "'1'", /^decision 'd-2': holds another shape; the database is damaged$/],
    ["candidates", "x'0102'", /^decision 'd-2': column candidates must hold JSON/],
    ["arm", "'best'", /^decision 'd-2': column arm must hold one of serving/],
  ])("%s of %s", async (column, value, problem) => {
    const { engine, tamper, run } = await openAuditedShop();
    for (let visit = 0; visit < 3; visit++) await engine.recommend({ userId: ann });
    tamper(`UPDATE decisions SET ${column} = ${value} WHERE decision_id = 'd-2'`);
    tamper("UPDATE decisions SET seed = seed + 1 WHERE decision_id = 'd-3'");
    expect(await run()).toMatchObject({
      decisions: 3,
      counts: { "tampered-row": 2 },
      findings: [
        { decisionId: "d-2", problem: expect.stringMatching(problem) },
        { decisionId: "d-3" },
      ],
    });
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
    const difference = Math.log((first + 0.01) / first);
    const { findings, largestDifference } = await run();
    expect(findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: `log propensities differ by ${difference.toExponential(2)} from those of policy version ${decision.policyVersion}: the row was changed`,
      },
    ]);
    expect(largestDifference).toBeCloseTo(difference, 12);
  });

  test("a joint propensity", async () => {
    const { decision, tamper, run } = await openDecided();
    tamper("UPDATE decisions SET slate_propensity = ?", decision.slatePropensity * (1 + 2e-6));
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: expect.stringContaining("log propensities differ by 2.00e-6"),
      },
    ]);
  });

  test("a difference that rounding explains is none in a row without a checksum", async () => {
    const { decision, tamper, run } = await openDecided();
    const close = decision.slatePropensity * (1 + 5e-7);
    tamper("UPDATE decisions SET slate_propensity = ?", close);
    expect((await run()).findings).toEqual([
      { decisionId: "d-1", cause: "tampered-row", problem: expect.stringContaining("checksum") },
    ]);
    tamper("UPDATE decisions SET checksum = NULL");
    const { findings, largestDifference } = await run();
    expect(findings).toEqual([]);
    expect(largestDifference).toBeCloseTo(5e-7, 12);
  });

  test("the arm", async () => {
    const { tamper, run, version } = await openDecided();
    tamper("UPDATE decisions SET arm = 'canary', checksum = NULL");
    const problem = `user 'ann' belongs to arm serving of policy version ${version}, not to canary of ${version}: the row was changed`;
    expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
  });

  test("an exploration that leaves the propensities as they are", async () => {
    const { engine, tamper, run } = await openAuditedShop();
    await engine.recommend({ userId: ann, candidates: candidatesOf("i-0"), slateSize: 1 });
    tamper("UPDATE decisions SET exploration = 0.2, checksum = NULL");
    const problem = "exploration was 0.1 and not 0.2: the row was changed";
    expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
  });

  describe("by its checksum:", () => {
    const problemOf = (part: string) =>
      `${part} is not as it was written, by its checksum: it was changed`;
    const click = async ({ engine, decision }: Awaited<ReturnType<typeof openDecided>>) =>
      engine.record([
        { type: "click", userId: ann, itemId: decision.slate[0]!, decisionId: decision.decisionId },
      ]);

    test("a reward, also once another one has joined it", async () => {
      const shop = await openDecided();
      await click(shop);
      expect((await shop.run()).findings).toEqual([]);
      shop.tamper("UPDATE rewards SET value = 0.5");
      const problem = problemOf("its reward 'click' at position 0");
      const findings = [{ decisionId: "d-1", cause: "tampered-row", problem }];
      expect((await shop.run()).findings).toEqual(findings);
      await click(shop);
      expect((await shop.run()).findings).toEqual(findings);
    });

    test("a reward that was moved to another position", async () => {
      const shop = await openDecided();
      await click(shop);
      shop.tamper("UPDATE rewards SET position = 1");
      const problem = problemOf("its reward 'click' at position 1");
      expect((await shop.run()).findings).toMatchObject([{ problem }]);
    });

    test.each(["reward", "serving"])("a %s rule", async (kind) => {
      const { tamper, run } = await openDecided();
      tamper(`UPDATE ${kind}_rules SET text = replace(text, ':', ': ')`);
      const problem = problemOf(`its ${kind} rule`);
      expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
    });
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
    const { userId, candidates } = decision;
    const draw = async () => (await engine.recommend({ userId, candidates })).decision;
    let other = await draw();
    while (other.slate.join() === decision.slate.join()) other = await draw();
    tamper("UPDATE decisions SET seed = ? WHERE decision_id = 'd-1'", other.seed);
    expect((await run()).findings).toEqual([
      {
        decisionId: "d-1",
        cause: "tampered-row",
        problem: `seed ${other.seed} draws another slate: the row was changed`,
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
