import { expect, test } from "vitest";
import { openShop } from "../../../../tests/support/shop.ts";
import {
  visitedConfiguration,
  visitedOptions,
  visitedScenario,
  visitShop,
} from "../../../../tests/support/visited-shop.ts";
import { isUniform } from "../../../policy/network-ground.ts";
import { audit } from "../../audit/audit.ts";
import { loadCarried, loadServed, loadStart } from "./carried.ts";
import { runCycle } from "./run-cycle.ts";

const seed = 113;
const visits = 900;

async function open() {
  const shop = await openShop(visitedOptions);
  const { store, clock } = shop;
  const [configuration, scenario] = [visitedConfiguration, visitedScenario];
  const learn = async () =>
    (await runCycle({ store, configuration, scenario, clock, seed, threads: 1 }))!;
  return { shop, store, learn };
}

test("after a change of tastes the loop starts again, and learns nothing from before", async () => {
  const { shop, store, learn } = await open();
  await visitShop(shop, { visits, seed });
  const first = await learn();
  expect(first.outcome).toBe("promote");

  await visitShop(shop, { visits, seed: seed + 1, chances: { wanted: 0.02, other: 0.2 } });
  const changed = await learn();
  expect(changed.outcome).toBe("roll-back");
  expect(changed.reason).toMatch(/^Tastes have changed: .* The loop starts again: every candidate/);
  const { serving } = await store.policies.assignment("shop");
  expect(isUniform((await loadServed(store, serving!))!)).toBe(true);
  expect((await store.policies.find(first.candidateVersion!))?.status).toBe("rolled-back");
  expect(await loadStart(store, "shop")).toBe(first.throughSequence);
  const { critic, meta } = await loadCarried(store, "shop");
  expect(critic).toBeUndefined();
  expect(Object.keys(meta).length).toBeGreaterThan(1);

  await visitShop(shop, { visits: 300, seed: seed + 2, chances: { wanted: 0.02, other: 0.2 } });
  const next = await learn();
  expect(next.record.feedback).toMatchObject({ decisions: visits + 300, newDecisions: 300 });
  expect(next.record.plan?.decisions).toBe(visits + 300);
  const { decisions, findings } = await audit({ store, configuration: visitedConfiguration });
  expect({ decisions, findings }).toEqual({ decisions: 2 * visits + 300, findings: [] });
}, 60_000);

test("a cycle's record has the share of the impressions that is outdated, if items have changed", async () => {
  const { shop, learn } = await open();
  const liking = (liked: string) => (shown: string) => (shown === liked ? 0.6 : 0.1);
  await visitShop(shop, { visits: 600, seed, chanceOf: liking("i-0") });
  const before = await learn();
  expect(before.record.feedback).not.toHaveProperty("outdated");
  await visitShop(shop, { visits: 600, seed: seed + 1, chanceOf: liking("i-5") });
  const after = await learn();
  expect(after.record.feedback?.outdated).toBeGreaterThan(0.1);
}, 60_000);
