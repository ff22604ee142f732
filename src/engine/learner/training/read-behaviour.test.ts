import { expect, onTestFinished, test } from "vitest";
import { sampleEvent } from "../../../../tests/support/sample.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import { openSqliteStore } from "../../../storage/sqlite/open.ts";
import { readBehaviour } from "./read-behaviour.ts";

const reward = {
  weights: { click: 1, hide: -1 },
  windowSeconds: 60,
  defaultReward: 0,
  minimum: -1,
  maximum: 1,
};

/** Events of users in turn: "a" is a click on item a, "-a" hides it, "?a" has a type without weight. */
async function openRecord(...events: readonly (readonly [user: string, text: string])[]) {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  const types: Readonly<Record<string, string>> = { "-": "hide", "?": "look" };
  for (const [user, text] of events) {
    const item = text.replace(/[-?]/, "");
    const type = types[text[0]!] ?? "click";
    const event = sampleEvent({ userId: userId(user), itemId: itemId(item), type });
    await store.events.record([{ event }]);
  }
  const read = async (excludeSeen: boolean, asOf?: number) => {
    const seen: number[] = [];
    const behaviour = await readBehaviour(
      store,
      { reward, excludeSeen },
      { asOf: asOf ?? (await store.sequence()), onProgress: (count) => seen.push(count) },
    );
    return { ...behaviour, seen };
  };
  return { read };
}

test("dislikes are left out, events without a reward are only read", async () => {
  const { read } = await openRecord(["ann", "a"], ["bob", "b"], ["ann", "?b"], ["ann", "-c"]);
  const { itemIds, users } = await read(false);
  expect(itemIds).toEqual(["a", "b"]);
  expect(users.map(({ userId, codes }) => [userId, codes])).toEqual([
    ["ann", [0, -2]],
    ["bob", [1]],
  ]);
  expect(users[0]!.sequences).toEqual([1, 3]);
  expect(users[0]!.last).toMatchObject({ itemId: "c", type: "hide" });
});

test("repeats are only read if the scenario does not show seen items", async () => {
  const { read } = await openRecord(["ann", "a"], ["ann", "b"], ["ann", "a"]);
  expect((await read(true)).users[0]!.codes).toEqual([0, 1, -1]);
  expect((await read(false)).users[0]!.codes).toEqual([0, 1, 0]);
});

test("later events are as if they were not there", async () => {
  const { read } = await openRecord(["ann", "a"], ["ann", "b"], ["bob", "c"]);
  const { itemIds, users, seen } = await read(true, 2);
  expect(itemIds).toEqual(["a", "b"]);
  expect(users.map(({ userId }) => userId)).toEqual(["ann"]);
  expect(seen).toEqual([2]);
});
