// @vitest-environment happy-dom
import { createElement, StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, onTestFinished, test } from "vitest";
import type { RecommendRequest, RecommendResponse } from "../contract/recommend.ts";
import { createRecurve } from "../host/create-recurve.ts";
import { ApiError, createClient, type RecurveClient } from "../sdk/client.ts";
import { type Recommendations, useRecommendations } from "./use-recommendations.ts";

declare const document: { createElement(name: string): Parameters<typeof createRoot>[0] };

const names = ["tea", "pot", "mug"];
/** The first slate of a process takes longest. */
const patient = { timeout: 15_000 };

async function openShop() {
  const server = await createRecurve({ database: ":memory:", learner: false });
  onTestFinished(() => server.close());
  let away = false;
  const sent: string[] = [];
  const client = createClient({
    baseUrl: "http://127.0.0.1:7400",
    fetch: async (url, init) => {
      if (away) throw new TypeError("no connection");
      sent.push(url.replace(/^.*\//, ""));
      return server.fetch(new Request(url, init));
    },
  });
  await client.putItems(names.map((itemId) => ({ itemId })));
  const decisions = async () => (await client.listScenarios()).scenarios[0]!.decisions;
  return {
    client,
    /** How often a route was called, by its last part. */
    calls: (name: string) => sent.filter((one) => one === name).length,
    decisions,
    leave: (isAway: boolean) => {
      away = isAway;
    },
  };
}

type Shop = Awaited<ReturnType<typeof openShop>>;

interface ForYouProps {
  readonly client: RecurveClient;
  readonly request: RecommendRequest;
  readonly initial?: RecommendResponse;
  tell?(given: Recommendations): void;
}

/** Shows a slate, and tells what its hook gave. */
function ForYou({ client, request, initial, tell }: ForYouProps) {
  const given = useRecommendations(client, request, initial && { initial });
  tell?.(given);
  return given.slate.map(({ itemId }) => itemId).join(" ");
}

function mount({ client }: Pick<Shop, "client">, initial?: RecommendResponse) {
  const root = createRoot(document.createElement("div"));
  onTestFinished(() => root.unmount());
  let last: Recommendations | undefined;
  const tell = (given: Recommendations) => {
    last = given;
  };
  return {
    show: (userId: string, slateSize = 2, deferred = false) => {
      const request = { userId, slateSize, deferred };
      const props = { client, request, tell, ...(initial && { initial }) };
      flushSync(() => root.render(createElement(StrictMode, {}, createElement(ForYou, props))));
    },
    given: () => last!,
    /** What the hook gives once an answer has arrived. */
    settled: async () => {
      await expect.poll(() => last?.status).not.toBe("waiting");
      return last!;
    },
    unmount: () => flushSync(() => root.unmount()),
  };
}

test("strict mode draws one slate, another request another one, and the same request none", async () => {
  const shop = await openShop();
  const page = mount(shop);
  page.show("ada");
  expect(page.given()).toMatchObject({ slate: [], status: "waiting" });
  const first = await page.settled();
  expect(first.slate.map(({ itemId }) => names.includes(itemId))).toEqual([true, true]);
  page.show("ada");
  expect(page.given().decisionId).toBe(first.decisionId);
  expect(await shop.decisions()).toBe(1);
  page.show("bob", 3);
  expect(page.given().slate).toEqual([]);
  expect((await page.settled()).slate.length).toBe(3);
  expect(await shop.decisions()).toBe(2);
});

test("a refresh draws another slate, and the one before stays until it is there", async () => {
  const shop = await openShop();
  const page = mount(shop);
  page.show("ada");
  const first = await page.settled();
  flushSync(first.refresh);
  expect(page.given()).toMatchObject({ status: "waiting", decisionId: first.decisionId });
  expect((await page.settled()).decisionId).not.toBe(first.decisionId);
  expect(await shop.decisions()).toBe(2);
});

test("an event belongs to the decision that is shown", async () => {
  const shop = await openShop();
  const page = mount(shop);
  page.show("ada");
  const { slate, record, decisionId } = await page.settled();
  await record("click", slate[1]!.itemId, { value: 1, eventId: "e-1" });
  expect((await shop.client.getDecision(decisionId!)).rewards).toEqual([null, 1]);
  await expect(record("click", "")).rejects.toMatchObject({ code: "invalid_request" });
});

test("a failure is told, and a refresh asks again", async () => {
  const shop = await openShop();
  const page = mount(shop);
  shop.leave(true);
  page.show("ada");
  const failed = await page.settled();
  expect(failed).toMatchObject({ slate: [], status: "failed", error: { code: "unreachable" } });
  shop.leave(false);
  flushSync(failed.refresh);
  const answered = await page.settled();
  expect(answered.status).toBe("ready");
  expect(answered).not.toHaveProperty("error");
});

test("a slate that the server drew is shown, in its page and in the browser, and no other one is drawn", async () => {
  const shop = await openShop();
  const initial = await shop.client.recommend({ userId: "ada", slateSize: 2 });
  const shown = initial.slate.map(({ itemId }) => itemId).join(" ");
  const request = { userId: "ada", slateSize: 2 };
  const html = renderToString(createElement(ForYou, { client: shop.client, request, initial }));
  expect(html).toBe(shown);
  const page = mount(shop, initial);
  page.show("ada");
  expect(await page.settled()).toMatchObject({ status: "ready", decisionId: initial.decisionId });
  expect(await shop.decisions()).toBe(1);
});

test("a deferred slate of a kept page is activated when it is shown, and replaced if it is too late", async () => {
  const shop = await openShop();
  const initial = await shop.client.recommend({ userId: "ada", slateSize: 2, deferred: true });
  const page = mount(shop, initial);
  page.show("ada");
  await expect.poll(() => shop.decisions(), patient).toBe(1);
  expect(page.given()).toMatchObject({ status: "ready", decisionId: initial.decisionId });
  page.unmount();
  const late = mount(shop, { ...initial, decisionId: "gone" });
  late.show("ada");
  await expect.poll(() => shop.decisions(), patient).toBe(2);
  await expect.poll(() => late.given().decisionId, patient).not.toBe("gone");
  expect(await shop.decisions()).toBe(2);
});

/** A shop whose activations fail with a code. */
function withFailure({ client }: Shop, code: string, status: number) {
  const activateDecision = () => Promise.reject(new ApiError(code, "refused", { status }));
  return { client: { ...client, activateDecision } };
}

test("an activation that fails for another reason is the error of the slate that is shown, and draws no other one", async () => {
  const shop = await openShop();
  const page = mount(withFailure(shop, "overloaded", 503));
  page.show("ada", 2, true);
  await expect.poll(() => page.given().error, patient).toMatchObject({ code: "overloaded" });
  const { status, slate, refresh, decisionId } = page.given();
  expect([status, slate.length, shop.calls("recommend")]).toEqual(["ready", 2, 1]);
  flushSync(refresh);
  await expect.poll(() => page.given().decisionId).not.toBe(decisionId);
  expect(shop.calls("recommend")).toBe(2);
});

test("a slate that is too late is replaced once, and a second one is told", async () => {
  const shop = await openShop();
  const page = mount(withFailure(shop, "conflict", 409));
  page.show("ada", 2, true);
  await expect.poll(() => page.given().error, patient).toMatchObject({ code: "conflict" });
  expect(page.given()).toMatchObject({ status: "ready", slate: [{}, {}] });
  expect(shop.calls("recommend")).toBe(2);
});

test("a component that is gone before its request was sent draws no slate", async () => {
  const shop = await openShop();
  const page = mount(shop);
  page.show("ada");
  page.unmount();
  const other = mount(shop);
  other.show("bob");
  await other.settled();
  expect(await shop.decisions()).toBe(1);
});
