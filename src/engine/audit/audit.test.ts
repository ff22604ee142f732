import { describe, expect, test } from "vitest";
import { openAuditedShop, openDecided } from "../../../tests/support/audited-shop.ts";
import {
  onEncoder,
  randomNetwork,
  sampleEncoder,
  sampleState,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { sampleDecision, sampleItem, sampleUser } from "../../../tests/support/sample.ts";
import {
  ann,
  assign,
  candidatesOf,
  openShop,
  shopConfiguration,
} from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { encodersOf } from "../state/encoders.ts";
import { audit } from "./audit.ts";

describe("nothing is found where nothing was changed:", () => {
  test("users, events, features, items that change, go and come back, retrieval, fallbacks", async () => {
    const { engine, store, run, advance } = await openAuditedShop({
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
    const { decisions, findings, largestDifference, armsNotDerivable } = await run();
    expect(findings).toEqual([]);
    expect([decisions, armsNotDerivable]).toEqual([31, 0]);
    expect(largestDifference).toBeLessThan(1e-12);
  });

  test("a reward rule that the configuration has changed since", async () => {
    const { engine, store } = await openAuditedShop();
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
    const { engine, run } = await openAuditedShop({ scenario: { slateSize: 1 } });
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
    const { engine, run } = await openAuditedShop();
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-4") }]);
    await engine.recommend({ userId: ann });
    await engine.deleteItem(itemId("i-4"));
    await engine.recommend({ userId: ann });
    // Only the newest one: the catalogue comes to its moment in one step.
    expect((await run(1)).findings).toEqual([]);
  });

  test("no decisions at all", async () => {
    const { run } = await openAuditedShop();
    expect(await run()).toEqual({
      decisions: 0,
      largestDifference: 0,
      armsNotDerivable: 0,
      retrievalsNotDerivable: 0,
      notDerivable: { erasure: 0, retention: 0 },
      notDerivableIds: [],
      removed: [],
      findings: [],
      counts: {},
    });
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
      problem: "can't be derived: no scenario 'shop'; choose one of other",
    },
  ]);
  expect(progress).toEqual([[1, 1]]);
});

test("a state is derived anew: one that the serving process holds wrongly is found", async () => {
  const { engine, store, run } = await openAuditedShop();
  const views = sampleViews(6);
  const stored = sampleEncoder(views);
  const head = randomNetwork({ heads: 1, width: 8, positions: 1 }, views, createRandom(2));
  await store.policies.apply({ encoders: [stored] });
  await assign(store, { serving: encodeNetwork(onEncoder(head, stored)) });
  await engine.record([{ type: "click", userId: ann, itemId: itemId("i-1") }]);
  await engine.recommend({ userId: ann });
  expect(await run()).toMatchObject({ decisions: 1, findings: [] });
  const encoder = await encodersOf(store.policies)(stored.hash);
  const state = sampleState([[views[1]!, 1]]);
  await encoder.encode([state]);
  encoder.stateOf(state).fill(3, 0, 8);
  const { decision } = await engine.recommend({ userId: ann });
  const { findings } = await run();
  expect(findings.map((finding) => finding.decisionId)).toEqual([decision.decisionId]);
});

test("of very many findings the first are kept and all are counted", async () => {
  const { store, engine } = await openShop();
  await engine.putItems(["a", "b", "c"].map((id) => sampleItem(id)));
  const asOf = await store.sequence();
  const ids = Array.from({ length: 1002 }, (_, index) => `d-${index}`);
  await Promise.all(
    ids.map((id) => store.decisions.append(sampleDecision(id, { scenario: "other", asOf }))),
  );
  const configuration = parseConfiguration(shopConfiguration());
  const { findings, counts } = await audit({ store, configuration });
  expect(findings.map(({ decisionId }) => decisionId)).toEqual(ids.slice(0, 1000));
  expect(counts).toEqual({ underivable: 1002 });
});

test("the newest decisions are audited, as many as asked for", async () => {
  const { engine, run, tamper } = await openAuditedShop();
  for (let turn = 0; turn < 5; turn++) await engine.recommend({ userId: ann });
  tamper("UPDATE decisions SET slate_propensity = 1 WHERE decision_id = 'd-1'");
  expect((await run(4)).findings).toEqual([]);
  expect((await run(5)).findings.map(({ decisionId }) => decisionId)).toEqual(["d-1"]);
});

test("an audit of a record that is written to ends where the record ended at its start", async () => {
  const { store, clock } = await openAuditedShop();
  const append = (id: string) =>
    store.decisions.append(sampleDecision(id, { scenario: "other", decidedAt: clock() }));
  await Promise.all(Array.from({ length: 1000 }, (_, index) => append(`d-${index}`)));
  const progress: (readonly [number, number])[] = [];
  const writes: Promise<void>[] = [];
  const report = await audit({
    store,
    configuration: parseConfiguration(shopConfiguration()),
    limit: 1000,
    onProgress: (done, total) => {
      progress.push([done, total]);
      writes.push(append(`later-${done}`));
    },
  });
  await Promise.all(writes);
  expect(report.decisions).toBe(1000);
  expect(progress.at(-1)).toEqual([1000, 1000]);
  expect(await store.decisions.count()).toBe(2000);
});

test("the decisions of a time are audited, its end left out", async () => {
  const { engine, clock, advance, run, tamper } = await openAuditedShop();
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
