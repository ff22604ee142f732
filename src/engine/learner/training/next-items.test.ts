import { expect, test } from "vitest";
import { sampleItem } from "../../../../tests/support/sample.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import { openSqliteStore } from "../../../storage/sqlite/open.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { createCatalogue } from "../../state/catalogue.ts";
import { findHeldOut, listNextItems, type NextItemContext, rowsPerUser } from "./next-items.ts";

async function createContext(excludeSeen: boolean): Promise<NextItemContext> {
  const reward = { weights: { click: 1, hide: -1 }, windowSeconds: 60, maximum: 1 };
  const [scenario] = parseConfiguration({
    scenarios: [{ name: "shop", slateSize: 1, excludeSeen, reward }],
  }).scenarios;
  const store = await openSqliteStore(":memory:");
  const items = ["a", "b", "c", "d"].map((id) => sampleItem(id));
  await store.items.put([...items, sampleItem("gone", { available: false })]);
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.sequence());
  await store.close();
  const available = new Set(catalogue.available().map((view) => view.itemId));
  return { scenario: scenario!, catalogue, available };
}

/** `a` is a click on item a, `-a` hides it. */
const sequenceOf = (...ids: string[]) => ({
  userId: userId("ann"),
  attributes: { age: 36 },
  events: ids.map((id, index) => ({
    sequence: index + 1,
    itemId: itemId(id.replace("-", "")),
    type: id.startsWith("-") ? "hide" : "click",
    value: 1,
    occurredAt: index,
  })),
});

const describeRows = (rows: ReturnType<typeof listNextItems>) =>
  rows.map(({ state, next }) => `${state.profile.itemIds.join("")}→${next.itemId}`);

test("each row has the history before its event and nothing later", async () => {
  const context = await createContext(true);
  const rows = listNextItems(sequenceOf("a", "b", "c", "d"), 10, context);
  expect(describeRows(rows)).toEqual(["a→b", "ab→c"]);
  expect(rows[0]!.state.history.map((view) => view.itemId)).toEqual(["a"]);
  expect(rows[0]!.state.profile.tokens).toHaveLength(1);
});

test("what was hidden, withdrawn or unknown is in histories and never aimed at", async () => {
  const context = await createContext(true);
  const rows = listNextItems(sequenceOf("a", "-b", "gone", "nowhere", "c", "d"), 10, context);
  expect(describeRows(rows)).toEqual(["abgonenowhere→c"]);
});

test("repeats are aimed at only where the scenario shows seen items", async () => {
  const sequence = sequenceOf("a", "b", "a", "c");
  expect(describeRows(listNextItems(sequence, 10, await createContext(true)))).toEqual(["a→b"]);
  const shown = listNextItems(sequence, 10, await createContext(false));
  expect(describeRows(shown)).toEqual(["a→b", "ab→a"]);
});

test("the newest events are kept where there are too many", async () => {
  const context = await createContext(false);
  const rows = listNextItems(sequenceOf("a", "b", "c", "d", "a"), 2, context);
  expect(describeRows(rows)).toEqual(["ab→c", "abc→d"]);
});

test("the last event is held out if its item could be shown to the user", async () => {
  const context = await createContext(true);
  const held = findHeldOut(sequenceOf("a", "b", "c"), context);
  expect(held && describeRows([held])).toEqual(["ab→c"]);
  expect(findHeldOut(sequenceOf("a", "b", "a"), context)).toBeUndefined();
  const repeated = findHeldOut(sequenceOf("a", "b", "a"), await createContext(false));
  expect(repeated && describeRows([repeated])).toEqual(["ab→a"]);
  expect(findHeldOut(sequenceOf("a"), context)).toBeUndefined();
  expect(findHeldOut(sequenceOf("a", "-b"), context)).toBeUndefined();
});

test.each([
  [[5, 2, 9], 100, 9],
  [[5, 2, 9], 12, 5],
  [[5, 2, 9], 11, 4],
  [[5, 2, 9], 3, 1],
  [[5, 2, 9], 2, 0],
  [[], 10, 0],
])("of users with %j events a total of %i leaves %i each", (counts, total, expected) => {
  expect(rowsPerUser(counts, total)).toBe(expected);
});
