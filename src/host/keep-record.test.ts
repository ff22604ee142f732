import { expect, test } from "vitest";
import { openShop, shopConfiguration } from "../../tests/support/shop.ts";
import { parseConfiguration } from "../engine/configuration/configuration.ts";
import { keepRecord } from "./keep-record.ts";

const reaction = {
  userId: "ann",
  itemId: "tea",
  type: "like",
  value: 1,
  occurredAt: Date.now() - 1000,
  updatedAt: 0,
  isPending: true,
  notes: {},
};

test("reactions that have occurred become events, each half minute and after a failure", async () => {
  const { store } = await openShop({ items: 3 });
  await store.reactions.record([{ reaction: reaction as never, overwrites: true }]);
  const control = new AbortController();
  const problems: string[] = [];
  const waits: number[] = [];
  let looks = 0;
  const due: typeof store.reactions.due = (options) => {
    looks += 1;
    return looks === 1 ? Promise.reject(new Error("busy")) : store.reactions.due(options);
  };
  await keepRecord({
    store: { ...store, reactions: { ...store.reactions, due } },
    configuration: parseConfiguration(shopConfiguration()),
    signal: control.signal,
    onError: ({ message }) => problems.push(message),
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      if (waits.length > 3) control.abort();
    },
  });
  expect(problems).toEqual(["busy"]);
  expect(new Set(waits)).toEqual(new Set([30_000, 600_000]));
  expect(await store.events.history("ann" as never, { asOf: 1e9, limit: 9 })).toMatchObject([
    { itemId: "tea", type: "like", occurredAt: reaction.occurredAt },
  ]);
});
