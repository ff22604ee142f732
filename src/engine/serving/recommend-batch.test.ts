import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { keyedId } from "./idempotency.ts";

const ben = userId("ben");

test("a batch is decided in the order of its requests, each for its user", async () => {
  const { engine, store } = await openShop();
  const users = Array.from({ length: 25 }, (_, index) => userId(`user-${index}`));
  const made = await engine.recommendBatch({
    requests: users.map((user, index) => ({ userId: user, slateSize: (index % 3) + 1 })),
  });
  expect(made.map(({ decision }) => decision.userId)).toEqual(users);
  expect(made.map(({ decision }) => decision.slate.length)).toEqual(
    users.map((_, index) => (index % 3) + 1),
  );
  const ids = made.map(({ decision }) => decision.decisionId);
  expect(
    (await Promise.all(ids.map(store.decisions.find))).map((found) => found?.decision),
  ).toEqual(made.map(({ decision }) => decision));
});

test("the places of a page show an item once, and the audit derives each given those before it", async () => {
  const { engine, store, run } = await openAuditedShop({ items: 12 });
  await assign(store, { serving: shopSnapshot(2, 12) });
  for (let turn = 0; turn < 10; turn++) {
    const page = [ann, ben, ann, ann].map((user) => ({ userId: user, slateSize: 3 }));
    const made = await engine.recommendBatch({ requests: page, distinct: true });
    const shown = made.flatMap(({ decision: { userId: user, slate } }) =>
      slate.map((item) => `${user} ${item}`),
    );
    expect(new Set(shown)).toHaveLength(12);
  }
  expect(await run()).toMatchObject({ decisions: 40, findings: [] });
});

test("a request that can't be answered leaves no decision, and the error names its place", async () => {
  const { engine, store } = await openShop();
  const requests = [
    { userId: ann },
    { userId: ben, rules: { filter: "category = 'none'" } },
  ] as const;
  await expect(engine.recommendBatch({ requests })).rejects.toMatchObject({
    code: "no_candidates",
    message: expect.stringMatching(/^requests\[1\]: no candidate is left/),
    details: { request: 1 },
  });
  await expect(engine.recommendBatch({ requests: [] })).rejects.toThrow(
    /requests is \[\]: must not be empty; send/,
  );
  const tooMany = Array.from({ length: 101 }, () => ({ userId: ann }));
  await expect(engine.recommendBatch({ requests: tooMany })).rejects.toThrow(/at most 100/);
  expect(await store.decisions.count()).toBe(0);
});

test.each([{}, { idempotencyKey: "k" }])(
  "an unknown scenario is refused with its place before anything is decided, with %j",
  async (key) => {
    const { engine, store } = await openShop();
    const requests = [{ userId: ann }, { userId: ben, scenario: "video", ...key }];
    await expect(engine.recommendBatch({ requests })).rejects.toMatchObject({
      code: "unknown_scenario",
      message: "requests[1]: no scenario 'video'; choose one of shop",
      details: { request: 1, field: "scenario", value: "video" },
    });
    expect(await store.decisions.count()).toBe(0);
  },
);

test("a request with a key that is sent again is answered by its decision", async () => {
  const { engine, store } = await openShop();
  const request = { userId: ann, idempotencyKey: "page-1" };
  const first = await engine.recommend(request);
  const repeated = { ...first, isRepeated: true };
  expect(await engine.recommend(request)).toEqual(repeated);
  const [again, other] = await engine.recommendBatch({
    requests: [request, { ...request, userId: ben }],
  });
  expect(again).toEqual(repeated);
  expect(other?.decision.decisionId).not.toBe(first.decision.decisionId);
  expect(await store.decisions.count()).toBe(2);
});

test("the id of a key's decision follows from the record's secret, so that no list of ids and keys gives the user away", async () => {
  const request = { userId: ann, idempotencyKey: "page-1" };
  const [one, other] = await Promise.all([openShop(), openShop()]);
  const [left, right] = await Promise.all(
    [one, other].map(async ({ engine }) => (await engine.recommend(request)).decision.decisionId),
  );
  expect(left).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(left).not.toBe(right);
  const parsed = { ...request, scenario: "shop" } as never;
  const parts = { store: one.store, configuration: parseConfiguration(shopConfiguration()) };
  expect((await keyedId(parts, parsed)).decisionId).toBe(left);
});

test("of requests with one key at the same time one decides", async () => {
  const { engine, store } = await openShop();
  const request = { userId: ann, idempotencyKey: "page-1" };
  const made = await Promise.all(Array.from({ length: 8 }, () => engine.recommend(request)));
  expect(new Set(made.map(({ decision }) => decision.slate.join()))).toHaveLength(1);
  expect(await store.decisions.count()).toBe(1);
});

test("a key that has led to a larger slate, or comes twice in a batch, is refused", async () => {
  const { engine, store } = await openShop();
  const request = { userId: ann, idempotencyKey: "page-1" };
  await expect(engine.recommendBatch({ requests: [request, request] })).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringMatching(/^requests\[1\]\.idempotencyKey is that of requests\[0\]/),
  });
  await engine.recommend({ ...request, slateSize: 3 });
  await expect(engine.recommend({ ...request, slateSize: 2 })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/'page-1' has led to a slate of 3.*another key/),
  });
  expect(await store.decisions.count()).toBe(1);
});

test("a batch whose ads use up a budget ends within it, and the audit derives each decision", async () => {
  const budget = { total: 3 };
  const shop = await openAds([
    sampleCampaign("rich", { bid: 1, pays: "impression", budget }),
    sampleCampaign("house", { bid: 0.01, pays: "impression" }),
  ]);
  const requests = Array.from({ length: 12 }, (_, user) => ({
    userId: `reader-${user}`,
    slateSize: 1,
  }));
  const made = await shop.engine.recommendBatch({ requests });
  const shown = made.flatMap(({ decision }) => decision.slate);
  expect(shown).toHaveLength(12);
  expect(shown.filter((item) => item === "ad-rich")).toHaveLength(3);
  expect(await shop.run()).toMatchObject({ decisions: 12, findings: [] });
});
