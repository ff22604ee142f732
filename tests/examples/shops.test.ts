import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../../src/sdk/client.ts";
import { connect, eventually, startExample, startRecurve } from "../e2e/recurve.ts";
import { createTestFolder } from "../support/store.ts";
import { decisionOf, enter, linksOf } from "./visitor.ts";

test("the embedded shop recommends, is rewarded for a click, shows a link that was passed on, has the API below its path and ends on SIGTERM", {
  timeout: 120_000,
}, async () => {
  const running = startExample("shop-embedded/shop.ts", {
    DATABASE: join(createTestFolder(), "shop.db"),
    PORT: "0",
  });
  const { url, read } = await enter(running);
  const [first = "", ...others] = linksOf(await read("/"));
  expect(others).toHaveLength(2);
  expect(await read(first)).toMatch(/<h1>\w.*€/);
  const friend = await enter(running);
  expect(await friend.read(first)).toMatch(/<h1>\w.*€/);
  expect(running.output()).toContain("was made for another user");

  const recurve = createClient({ baseUrl: `${url}/recurve` });
  const { slate, rewards } = await recurve.getDecision(decisionOf(first));
  expect(slate.map(({ itemId }) => `/products/${itemId}`)).toEqual(
    [first, ...others].map((link) => link.split("?")[0]),
  );
  expect(rewards).toEqual([1, null, null]);
  expect(await recurve.getHealth()).toMatchObject({ status: "ok" });

  running.child.kill("SIGTERM");
  expect(await running.ended()).toMatchObject({ code: 0 });
});

test("the shop beside a server is rewarded for a click, and goes on with its own choice if the server is away", {
  timeout: 120_000,
}, async () => {
  const folder = createTestFolder();
  const serving = startRecurve(folder, "serve", "--no-learner", "--port", "0");
  const recurve = await connect(serving);
  const running = startExample("shop-sdk/shop.ts", {
    RECURVE_URL: recurve.url,
    // The machine may be busy with other tests.
    RECURVE_TIMEOUT_MS: "10000",
    PORT: "0",
  });
  const { read } = await enter(running);
  const [first = "", ...others] = linksOf(await read("/"));
  expect(others).toHaveLength(2);
  expect(await read(first)).toMatch(/<h1>\w/);
  await eventually(async () => {
    const { rewards } = await recurve.getDecision(decisionOf(first));
    return rewards[0] ?? undefined;
  });

  serving.child.kill("SIGTERM");
  await serving.ended();
  expect(linksOf(await read("/"))).toEqual(["/products/tea", "/products/coffee", "/products/mug"]);
  expect(running.output()).toMatch(/can't reach http/);
  running.child.kill("SIGTERM");
  expect(await running.ended()).toMatchObject({ code: 0 });
});
