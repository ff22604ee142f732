import { expect, test } from "vitest";
import { worldConfiguration } from "../../../tests/support/play.ts";
import { openTestServer, type TestServer } from "../../../tests/support/server.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { createSyntheticWorld } from "../../lab/worlds/synthetic-world.ts";
import { type ApiError, createClient, type Fetch } from "../../sdk/client.ts";
import { simulateUsers } from "./simulated-users.ts";

const world = createSyntheticWorld({ seed: 2, items: 20, users: 15 });
const configuration = worldConfiguration(world, 1000);

/** Plays until the server has made so many decisions; `fetch` can be made to fail. */
async function play(
  server: TestServer,
  decisions: number,
  change: (fetch: Fetch) => Fetch = (f) => f,
) {
  const stop = new AbortController();
  const waits: ApiError[] = [];
  let made = 0;
  const fetch: Fetch = async (url, init) => {
    const answer = await server.app.request(url, init);
    if (url.endsWith("/recommend") && ++made === decisions) stop.abort();
    return answer;
  };
  await simulateUsers({
    client: createClient({ baseUrl: "", fetch: change(fetch) }),
    world,
    scenario: "play",
    signal: stop.signal,
    visitsPerSecond: 2000,
    concurrency: 3,
    retryPauseMs: 1,
    clock: Date.now,
    onWait: (problem) => waits.push(problem),
  });
  return waits;
}

test("users are introduced, visit, and send their clicks with the decision", async () => {
  const server = await openTestServer({ configuration });
  await play(server, 60);
  const { store } = server;
  expect(await store.items.count()).toBe(20);
  expect(await store.users.count()).toBe(15);
  const decisions = await store.decisions.recent(1000);
  // Those in flight when the 60th came are finished.
  expect(decisions.length).toBeGreaterThanOrEqual(60);
  expect(decisions.length).toBeLessThanOrEqual(62);
  const rewarded = decisions.filter(({ rewards }) => rewards[0] === 1).length;
  expect(rewarded).toBeGreaterThan(0);
  expect(await store.events.count()).toBe(world.history.length + rewarded);
});

test("users ask for the slates of their world, whatever the size of the scenario", async () => {
  const [scenario] = parseConfiguration(configuration).scenarios;
  const larger = { ...configuration, scenarios: [{ ...scenario, slateSize: 5 }] };
  const server = await openTestServer({ configuration: larger });
  await play(server, 10);
  const [newest] = await server.store.decisions.recent(1);
  expect(newest?.decision.slate).toHaveLength(1);
});

test("a second run goes on with the visits after those of the first", async () => {
  const server = await openTestServer({ configuration });
  await play(server, 10);
  const before = await server.store.decisions.count();
  await play(server, 5);
  const decisions = (await server.store.decisions.recent(1000)).toReversed();
  const visitors = decisions.map(({ decision }) => decision.userId);
  const expected = visitors.map((_, turn) => world.visit(turn).userId);
  expect(visitors.toSorted()).toEqual(expected.toSorted());
  expect(decisions.length).toBeGreaterThanOrEqual(before + 5);
  const history = await server.store.events.scan({ after: 0, limit: 1000 });
  expect(history.length).toBeLessThan(2 * world.history.length);
});

test("while the server is away users wait, and then send what they would have sent", async () => {
  const server = await openTestServer({ configuration });
  let requests = 0;
  const waits = await play(server, 40, (fetch) => async (url, init) => {
    // The first two, and from then on every second one, are lost on their way.
    if (++requests === 1 || requests % 2 === 0) throw new TypeError("connection refused");
    return fetch(url, init);
  });
  expect(waits.map(({ code }) => code)).toEqual(["unreachable"]);
  expect(await server.store.items.count()).toBe(20);
  const decisions = await server.store.decisions.recent(1000);
  const rewarded = decisions.filter(({ rewards }) => rewards[0] === 1).length;
  expect(rewarded).toBeGreaterThan(0);
  expect(await server.store.events.count()).toBe(world.history.length + rewarded);
});

test("a server without the scenario is refused before anything is written", async () => {
  const server = await openTestServer();
  await expect(play(server, 1)).rejects.toMatchObject({
    code: "unknown_scenario",
    message: expect.stringContaining("'play', only items, ads, feed; nothing was written"),
  });
  expect(await server.store.items.count()).toBe(0);
  expect(await server.store.users.count()).toBe(0);
});
