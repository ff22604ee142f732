import { expect, onTestFinished, test } from "vitest";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { sequenceLength } from "../../policy/profile.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { openStore } from "../open-store.ts";
import { answerFromHistory } from "./answer-from-history.ts";
import { readUser } from "./read-state.ts";

const [ann, bob] = [userId("ann"), userId("bob")];
const questions = [
  {},
  { types: ["click"] },
  { types: ["view", "hide"], since: 40 },
  { since: 50 },
  { types: [] },
];

/** Events of two users, in no order of time, some of which refuse personalisation. */
async function openRecord(count: number) {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  const random = createRandom(count);
  const events = Array.from({ length: count }, () => ({
    event: {
      userId: random.integer(9) === 0 ? bob : ann,
      itemId: itemId(`i-${random.integer(20)}`),
      type: ["click", "view", "hide"][random.integer(3)]!,
      value: 1,
      occurredAt: random.integer(100),
      ...(random.integer(9) === 0 && { consent: { personalise: false } }),
    },
  }));
  await store.events.record(events);
  return store;
}

/** The record's own answers are not asked for. */
const withoutAnswers = (store: Awaited<ReturnType<typeof openStore>>) => ({
  ...store,
  events: { ...store.events, lastEvents: () => Promise.reject(new Error("asked")) },
});

test("a whole history gives the answers of the record, without asking it", async () => {
  for (const count of [0, 1, 60, 200]) {
    const store = await openRecord(count);
    for (const asOf of [await store.sequence(), Math.floor(count / 2)]) {
      const { history } = await readUser(store, ann, asOf);
      const answering = answerFromHistory(withoutAnswers(store), { userId: ann, asOf, history });
      for (const question of questions) {
        const options = { asOf, ...question };
        expect(await answering.events.lastEvents(ann, options)).toEqual(
          await store.events.lastEvents(ann, options),
        );
      }
    }
  }
});

test("a request reads a user's events once, whatever its rules ask for", async () => {
  const store = await openRecord(20);
  const items = Array.from({ length: 40 }, (_, index) => ({
    itemId: itemId(`i-${index}`),
    categories: [],
    attributes: {},
    available: true,
  }));
  await store.items.put(items);
  const scenario = {
    name: "shop",
    slateSize: 3,
    excludeSeen: [{ types: ["click"] }, { types: ["hide"] }],
    reward: { weights: { click: 1 }, maximum: 1, windowSeconds: 60 },
  };
  const engine = await createEngine({
    store: withoutAnswers(store),
    configuration: parseConfiguration({ scenarios: [scenario] }),
    clock: () => 1000,
    random: createRandom(1),
    createId: () => "d-1",
  });
  const { history } = await readUser(store, ann, await store.sequence());
  const seen = history.flatMap((entry) => (entry.type === "view" ? [] : [entry.itemId]));
  const { decision } = await engine.recommend({ userId: ann });
  expect(seen.length).toBeGreaterThan(5);
  expect(decision.slate.filter((item) => seen.includes(item))).toEqual([]);
  await engine.close();
});

test("the record is asked for other users and moments, and where the history may lack events", async () => {
  const store = await openRecord(100);
  const asOf = await store.sequence();
  const { history } = await readUser(store, ann, asOf);
  const { events } = answerFromHistory(store, { userId: ann, asOf, history });
  for (const [user, options] of [
    [bob, { asOf }],
    [ann, { asOf: 10 }],
  ] as const)
    expect(await events.lastEvents(user, options)).toEqual(
      await store.events.lastEvents(user, options),
    );
  const long = await openRecord(2 * sequenceLength);
  const cut = await readUser(long, ann, await long.sequence());
  expect(cut.history).toHaveLength(sequenceLength);
  expect(answerFromHistory(long, { userId: ann, asOf, ...cut })).toBe(long);
});
