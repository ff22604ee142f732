import { expect, onTestFinished, test } from "vitest";
import { sampleEvent, sampleItem } from "../../../../tests/support/sample.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import { openSqliteStore } from "../../../storage/sqlite/open.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { holdOutNewest } from "./hold-out.ts";
import { readBehaviour } from "./read-behaviour.ts";
import { readItems } from "./training-data.ts";

const reward = {
  weights: { click: 1, buy: 1, hide: -1 },
  windowSeconds: 60,
  minimum: -1,
  maximum: 1,
};
const configuration = parseConfiguration({
  scenarios: [{ name: "shop", slateSize: 1, excludeSeen: true, reward }],
});
const scenario = configuration.scenarios[0]!;

/** Held-out events of users whose events are such as "click a"; item x is not available. @param after number of events, from the first on */
async function holdOutOf(histories: Readonly<Record<string, readonly string[]>>, after = 0) {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  for (const id of ["a", "b", "c", "d", "x"])
    await store.items.put([sampleItem(id, { available: id !== "x" })], 1000);
  const items = await store.sequence();
  for (const [user, events] of Object.entries(histories))
    for (const text of events) {
      const [type = "", item = ""] = text.split(" ");
      const event = sampleEvent({ userId: userId(user), itemId: itemId(item), type });
      await store.events.record([{ event }]);
    }
  const asOf = await store.sequence();
  const behaviour = await readBehaviour(store, scenario, { asOf, onProgress: () => {} });
  const context = await readItems({ store, configuration, scenario }, asOf);
  const heldOut = await holdOutNewest(store, behaviour, {
    ...context,
    most: 10,
    after: items + after,
  });
  return [...heldOut].map(([user, { next, state, codes }]) => ({
    user: user.userId,
    next: next.itemId,
    before: state.history.map((item) => item.itemId),
    codes: codes.length,
  }));
}

test("a user's last event is held out if it may be foreseen, the newest first", async () => {
  const histories = { ann: ["click a", "click b", "click c"], bob: ["view d", "buy a"] };
  expect(await holdOutOf(histories)).toEqual([
    { user: "bob", next: "a", before: ["d"], codes: 2 },
    { user: "ann", next: "c", before: ["a", "b"], codes: 3 },
  ]);
});

test.each([
  ["a purchase of a clicked item", "buy c"],
  ["an event without weight", "view d"],
  ["a dislike", "hide d"],
  ["an event on an item that is not available", "click x"],
])(
  "before %s, the last event that may be foreseen is held out with those before it",
  async (_, last) => {
    expect(await holdOutOf({ ann: ["click a", "click b", "click c", last] })).toEqual([
      { user: "ann", next: "c", before: ["a", "b"], codes: 3 },
    ]);
  },
);

test("events that another training may have read are not held out, whatever came later", async () => {
  const histories = { ann: ["click a", "click b", "view c"] };
  expect(await holdOutOf(histories, 1)).toMatchObject([{ next: "b", codes: 2 }]);
  expect(await holdOutOf(histories, 2)).toEqual([]);
});
