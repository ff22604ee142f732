import { expect, test } from "vitest";
import { samplePolicy } from "../../../tests/support/sample.ts";
import { assign, openShop, shopSnapshot } from "../../../tests/support/shop.ts";

const bytes = shopSnapshot();

test("policies that answer now are listed beside the limit, newest first and once each", async () => {
  const { engine, store } = await openShop();
  const [holdback, serving] = [1, 3];
  await assign(store, { serving: bytes }, { holdback, holdbackShare: 0.05 });
  const [canary] = await assign(store, { canary: bytes });
  const held = Array.from({ length: 5 }, () => samplePolicy({ bytes, status: "held" }));
  await store.policies.apply({ add: held });
  const list = async (limit: number) => {
    const { policies } = await engine.policies({ scenario: "shop", limit });
    return policies.map(({ version }) => version);
  };
  expect(await store.policies.assignment("shop")).toMatchObject({ holdback, baseline: 2, serving });
  expect(canary).toBe(4);
  expect(await list(2)).toEqual([9, 8, 4, 3, 2, 1]);
  expect(await list(7)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await list(100)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
});
