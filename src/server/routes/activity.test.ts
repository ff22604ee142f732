import { expect, test } from "vitest";
import { countTurns } from "../../../tests/support/count-turns.ts";
import { openTestServer } from "../../../tests/support/server.ts";

const scenario = {
  name: "feed",
  slateSize: 1,
  excludeSeen: false,
  reward: { weights: { like: 1 }, windowSeconds: 600, maximum: 1 },
};
const url = "/api/v1/activity";

async function openFeed() {
  const server = await openTestServer({
    configuration: { scenarios: [scenario], baselineShare: 0.5 },
  });
  await server.engine.putItems([{ itemId: "a" }]);
  return server;
}

test("activity is measured by arm and set against the baseline, or another arm", async () => {
  const { engine, advance, send } = await openFeed();
  const users = Array.from({ length: 12 }, (_, index) => `u-${index}`);
  for (let visit = 0; visit < 4; visit++) {
    for (const userId of users) await engine.recommend({ userId });
    advance(visit === 0 ? 60 : 86_000);
  }
  const answer = (await (await send("GET", url)).json()) as Record<string, unknown>;
  const same = (value: number) => ({ value, interval: [value, value] });
  expect(answer).toMatchObject({ scenario: "feed", against: "baseline" });
  const [serving, baseline] = answer.arms as Record<string, unknown>[];
  // Of three sessions the first has two decisions, a minute apart; all but the newest were followed within the day.
  expect(serving).toMatchObject({
    arm: "serving",
    figures: { sessionSeconds: same(20), returnWithinDay: { value: 1 } },
    difference: { sessionSeconds: same(0) },
  });
  expect(baseline).not.toHaveProperty("difference");
  expect((serving?.users as number) + (baseline?.users as number)).toBe(12);
  const other = (await (await send("GET", `${url}?against=serving`)).json()) as {
    arms: Record<string, unknown>[];
  };
  expect(other.arms[1]).toHaveProperty("difference");
});

test("requests are answered between the figures of the arms, and between those and their differences", async () => {
  const { engine, advance } = await openFeed();
  for (let user = 0; user < 12; user++) await engine.recommend({ userId: `u-${user}` });
  advance(60);
  const { result, turns } = await countTurns(() => engine.activity({}));
  expect(result.arms).toHaveLength(2);
  expect(turns).toBe(4);
});

test("a span without decisions has no arms, and an unknown arm is refused", async () => {
  const { send } = await openFeed();
  expect(await (await send("GET", `${url}?since=2026-02-28T00:00:00Z`)).json()).toMatchObject({
    from: "2026-02-28T00:00:00.000Z",
    arms: [],
  });
  expect((await send("GET", `${url}?against=nobody`)).status).toBe(400);
  expect((await send("GET", `${url}?scenario=ads`)).status).toBe(422);
});
