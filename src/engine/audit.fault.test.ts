import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { sampleItem, sampleUser } from "../../tests/support/sample.ts";
import {
  ann,
  assign,
  candidatesOf,
  openShop,
  type ShopOptions,
  shopConfiguration,
  shopSnapshot,
} from "../../tests/support/shop.ts";
import { createTestFolder } from "../../tests/support/store.ts";
import { itemId, userId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { audit } from "./audit.ts";
import { parseConfiguration } from "./configuration.ts";

/** A shop in a file, whose serving policy prefers some items, and a way into the file beside it. */
async function openFile(options: ShopOptions = {}) {
  const path = join(createTestFolder(), "recurve.db");
  const shop = await openShop({ ...options, path });
  const [version] = await assign(shop.store, { serving: shopSnapshot() });
  const tamper = (sql: string, ...values: readonly (string | number | Uint8Array)[]) => {
    const database = new Database(path);
    expect(database.prepare(sql).run(...values).changes).toBe(1);
    database.close();
  };
  const run = (limit = 1000, range: { from?: number; to?: number } = {}) =>
    audit({
      store: shop.store,
      configuration: parseConfiguration(shopConfiguration(options)),
      limit,
      ...range,
    });
  return { ...shop, version, tamper, run };
}

/** The same with one decision, d-1. */
async function openDecided() {
  const shop = await openFile();
  const { decision } = await shop.engine.recommend({
    userId: ann,
    candidates: candidatesOf("i-0", "i-1", "i-2"),
    seed: 5,
  });
  return { ...shop, decision };
}

describe("nothing is found where nothing was changed:", () => {
  test("users, events, features, items that change, go and come back, retrieval, fallbacks", async () => {
    const { engine, store, run, advance } = await openFile({
      scenario: { maxCandidates: 5, excludeSeen: true },
      items: 12,
    });
    const changes: Readonly<Record<number, () => Promise<unknown>>> = {
      5: () => engine.putUsers([sampleUser("user-1", { country: "PL" })]),
      10: () => engine.putItems([sampleItem("i-3", { categories: ["changed"] })]),
      15: () => engine.deleteItem(itemId("i-0")),
      20: () => engine.putItems([sampleItem("i-0", { attributes: { again: true } })]),
      25: () => assign(store, { serving: new Uint8Array(50) }),
    };
    const featured = { itemId: itemId("x"), features: { genre: "crime" } };
    const own = { candidates: [featured, ...candidatesOf("i-10", "i-11")], slateSize: 1 };
    for (let turn = 0; turn < 30; turn++) {
      const user = userId(`user-${turn % 4}`);
      advance(10);
      await changes[turn]?.();
      const request = turn % 5 === 4 ? own : {};
      const { decision } = await engine.recommend({ userId: user, context: { turn }, ...request });
      const clicked = decision.slate.filter((item) => item.startsWith("i-") && item < "i-2");
      await engine.record(clicked.map((item) => ({ type: "click", userId: user, itemId: item })));
    }
    await assign(store, { baseline: new Uint8Array(50) });
    await engine.recommend({ userId: ann });
    const { decisions, findings, largestDifference } = await run();
    expect(findings).toEqual([]);
    expect(decisions).toBe(31);
    expect(largestDifference).toBeLessThan(1e-6);
  });

  test("a reward rule that the configuration has changed since", async () => {
    const { engine, store } = await openFile();
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-1") }]);
    const { decision } = await engine.recommend({ userId: ann });
    const reward = { weights: { click: 3 }, minimum: -2, maximum: 7, windowSeconds: 60 };
    const changed = parseConfiguration(shopConfiguration({ scenario: { reward } }));
    expect(changed.scenarios[0]!.reward).not.toEqual(decision.rewardRule);
    expect(await audit({ store, configuration: changed })).toMatchObject({
      decisions: 1,
      findings: [],
    });
  });

  test("requests at the same time as changes of the catalogue and of histories", async () => {
    const { engine, run } = await openFile({ scenario: { slateSize: 1 } });
    const work = async (worker: number) => {
      const random = createRandom(worker);
      for (let turn = 0; turn < 8; turn++) {
        const item = `i-${random.integer(6)}`;
        if (random.uniform() < 0.3) await engine.deleteItem(itemId(item));
        else
          await engine.putItems([sampleItem(item, { attributes: { year: random.integer(99) } })]);
        await engine.record([{ type: "click", userId: ann, itemId: itemId(item) }]);
        await engine.recommend({ userId: ann });
      }
    };
    await engine.putItems([sampleItem("always")]);
    await Promise.all([1, 2, 3, 4, 5].map(work));
    const { decisions, findings } = await run();
    expect(findings).toEqual([]);
    expect(decisions).toBe(40);
  });

  test("an item of a history that was deleted before the newest decision", async () => {
    const { engine, run } = await openFile();
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-4") }]);
    await engine.recommend({ userId: ann });
    await engine.deleteItem(itemId("i-4"));
    await engine.recommend({ userId: ann });
    // Only the newest one: the catalogue comes to its moment in one step.
    expect((await run(1)).findings).toEqual([]);
  });

  test("no decisions at all", async () => {
    const { run } = await openFile();
    expect(await run()).toEqual({ decisions: 0, largestDifference: 0, findings: [] });
  });
});

/** The shop after a promotion: a share of the users keeps the policy before. */
async function openPromoted() {
  const shop = await openFile();
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
    const shop = await openFile();
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
        problem: `policy version ${version} is not in the store: its snapshot is gone; bring it back from a copy of the database`,
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
        problem: expect.stringContaining("policy version 99 is not in the store"),
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

test("a scenario that the configuration has no more can't be derived, and the audit goes on", async () => {
  const { store, decision } = await openDecided();
  const configuration = parseConfiguration(shopConfiguration({ scenario: { name: "other" } }));
  const progress: (readonly [number, number])[] = [];
  const { findings, decisions } = await audit({
    store,
    configuration,
    limit: 10,
    onProgress: (done, total) => progress.push([done, total]),
  });
  expect(decisions).toBe(1);
  expect(findings).toEqual([
    {
      decisionId: decision.decisionId,
      cause: "underivable",
      problem: "can't be derived: no scenario 'shop'; known are other",
    },
  ]);
  expect(progress).toEqual([[1, 1]]);
});

test("the newest decisions are audited, as many as asked for", async () => {
  const { engine, run, tamper } = await openFile();
  for (let turn = 0; turn < 5; turn++) await engine.recommend({ userId: ann });
  tamper("UPDATE decisions SET slate_propensity = 1 WHERE decision_id = 'd-1'");
  expect((await run(4)).findings).toEqual([]);
  expect((await run(5)).findings.map(({ decisionId }) => decisionId)).toEqual(["d-1"]);
});

test("the decisions of a time are audited, its end left out", async () => {
  const { engine, clock, advance, run, tamper } = await openFile();
  const start = clock();
  for (let turn = 0; turn < 5; turn++) {
    await engine.recommend({ userId: ann });
    advance(10);
  }
  tamper("UPDATE decisions SET slate_propensity = 1 WHERE decision_id = 'd-3'");
  const find = async (from: number, to: number) => {
    const { decisions, findings } = await run(1000, { from: start + from, to: start + to });
    return [decisions, findings.length];
  };
  expect(await find(0, 20_000)).toEqual([2, 0]);
  expect(await find(20_000, 20_001)).toEqual([1, 1]);
  expect(await find(20_001, 1e9)).toEqual([2, 0]);
});
