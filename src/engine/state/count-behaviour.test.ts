import { expect, test } from "vitest";
import { startOfTests } from "../../../tests/support/engine.ts";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { withConsent } from "../privacy/with-consent.ts";
import { countBehaviour } from "./count-behaviour.ts";

const options = {
  scenario: {
    reward: {
      weights: { click: 1, stars: 0.2, hide: -3 },
      minimum: -3,
      maximum: 1,
      windowSeconds: 600,
    },
  },
};
const configuration = parseConfiguration(shopConfiguration(options));
const [scenario] = configuration.scenarios;

async function openCounted() {
  const shop = await openShop(options);
  const event = (user: string, item: string, rest: object = {}) => ({
    userId: userId(user),
    itemId: itemId(item),
    type: "click",
    ...rest,
  });
  const count = async () => {
    const { store } = withConsent({ store: shop.store, configuration });
    const { users, items } = await countBehaviour(store, scenario!);
    return { users: Object.fromEntries(users), items };
  };
  return { ...shop, event, count };
}

test("users count once an item, in events worth more than the default reward", async () => {
  const { engine, event, count } = await openCounted();
  await engine.record([
    event("u-1", "i-0"),
    event("u-1", "i-0"),
    event("u-2", "i-0", { type: "stars", value: 5 }),
    event("u-1", "i-1", { type: "stars", value: 0 }),
    event("u-1", "i-2", { type: "hide" }),
    event("u-1", "i-3", { type: "look" }),
    event("u-2", "unknown"),
  ]);
  expect(await count()).toEqual({ users: { "i-0": 2, unknown: 1 }, items: 6 });
});

test("events count by the time at which they occurred: those from the first decision on do not", async () => {
  const { engine, event, advance, count } = await openCounted();
  await engine.recommend({ scenario: "shop", userId: userId("u-9") });
  advance(60);
  await engine.record([
    event("u-1", "i-0"),
    event("u-2", "i-1", { occurredAt: startOfTests - 1 }),
    event("u-3", "i-2", { occurredAt: startOfTests }),
  ]);
  expect((await count()).users).toEqual({ "i-1": 1 });
});

test("people who refuse training are not counted", async () => {
  const { engine, event, count } = await openCounted();
  await engine.putUsers([{ userId: userId("u-1"), attributes: {}, consent: { train: false } }]);
  await engine.record([
    event("u-1", "i-0"),
    event("u-2", "i-0"),
    event("u-3", "i-1", { consent: { train: false } }),
  ]);
  expect((await count()).users).toEqual({ "i-0": 1 });
});
