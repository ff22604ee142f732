import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sampleItem, sampleUser } from "../../../tests/support/sample.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { openStore } from "../open-store.ts";

const configuration = parseConfiguration({
  scenarios: [
    {
      name: "shop",
      slateSize: 2,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1, viewedType: "view" },
      social: {},
    },
  ],
});

/** No other text of a record has it. */
const person = "zoë-qk7731";

async function openFilled() {
  const database = join(createTestFolder(), "shop.db");
  const store = await openStore(database);
  onTestFinished(() => store.close());
  let now = 1_800_000_000_000;
  let ids = 0;
  const engine = await createEngine({
    ...{ store, configuration, clock: () => now, random: createRandom(3) },
    createId: () => `decision-${ids++}`,
  });
  onTestFinished(() => engine.close());
  await engine.putItems(Array.from({ length: 6 }, (_, index) => sampleItem(`i-${index}`)));
  const users = [person, ...Array.from({ length: 20 }, (_, index) => `user-${index}`)];
  await engine.putUsers(users.map((id) => sampleUser(id, { note: `about ${id}` })));
  await engine.putEdges([
    { userId: person, type: "friend", to: "user-1" },
    { userId: "user-2", type: "follow", to: person },
  ]);
  for (let turn = 0; turn < 40; turn++) {
    for (const user of users) {
      const { decision } = await engine.recommend({ userId: user, context: { by: user } });
      const [item = ""] = decision.slate;
      const event = { userId: user, itemId: item, decisionId: decision.decisionId };
      await engine.record([
        { ...event, type: "click", eventId: `${user}/${turn}` },
        { ...event, type: "view" },
      ]);
    }
    now += 1000;
  }
  return { database, store, engine, clock: () => now, advance: (ms: number) => (now += ms) };
}

const bytesOf = (database: string) =>
  ["", "-wal", "-shm"]
    .map((end) => `${database}${end}`)
    .filter(existsSync)
    .map((path) => readFileSync(path));

const holds = (database: string, text: string) =>
  bytesOf(database).some((bytes) => bytes.includes(text));

test("after an erasure no byte of database and log has the user's id, the others' rows are as before", async () => {
  const { database, engine, store } = await openFilled();
  expect(holds(database, person)).toBe(true);
  const others = await store.decisions.count();
  const receipt = await engine.deleteUser(person);
  expect(receipt.rows).toEqual({
    ...{ users: 1, events: 40, decisions: 40, rewards: 40, views: 40 },
    ...{ edges: 3, reactions: 0, documents: 0 },
  });
  expect(holds(database, person)).toBe(false);
  expect(await store.decisions.count()).toBe(others - 40);
  expect(await engine.findUser("user-7")).toMatchObject({ attributes: { note: "about user-7" } });
  expect(await store.events.history(userId("user-7"), { asOf: 1e9, limit: 100 })).toHaveLength(40);
  expect(itemId("i-0")).toBe("i-0");
});
