import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { sampleItem } from "../../../tests/support/sample.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { Decision } from "../../domain/decision.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { audit } from "../audit.ts";
import { parseConfiguration } from "../configuration.ts";
import { createEngine } from "../create-engine.ts";
import { blockSize, countRenewal } from "./fold.ts";

// Models give way every 48 decisions, so that a hundred visits see it happen.
const fastLoop = { enabled: true, forgetting: 0.9 };
const scenario = {
  slateSize: 1,
  fastLoop,
  reward: { weights: { click: 1 }, windowSeconds: 5, maximum: 1 },
};
const configuration = parseConfiguration(shopConfiguration({ scenario }));

async function open(path = ":memory:") {
  const shop = await openShop({ scenario, path });
  await assign(shop.store, { serving: shopSnapshot() });
  const check = () => audit({ store: shop.store, configuration });
  return { ...shop, check };
}
type Shop = Awaited<ReturnType<typeof open>>;

/** Visits by twenty users who click one item only. Gives the share of the last forty that it was shown in. */
async function play(shop: Shop, liked: string, visits: number): Promise<number> {
  const shown: boolean[] = [];
  for (let turn = 0; turn < visits; turn++) {
    shop.advance(1);
    await shop.engine.idle();
    const user = userId(`user-${turn % 20}`);
    const { decision } = await shop.engine.recommend({ userId: user });
    shown.push(decision.slate[0] === liked);
    if (decision.slate[0] !== liked) continue;
    const { decisionId } = decision;
    await shop.engine.record([{ type: "click", userId: user, itemId: itemId(liked), decisionId }]);
  }
  return shown.slice(-40).filter(Boolean).length / 40;
}

test("the models give way after four lifetimes of an event, in whole blocks", () => {
  expect(countRenewal(0.9, 1)).toBe(48);
  expect(countRenewal(0.998, 10)).toBe(208);
});

test("what is liked comes up within tens of visits, a new item too, and another after the taste has changed; every draw is derived again", async () => {
  const shop = await open();
  await shop.engine.putItems([sampleItem("new")]);
  // A seventh where nothing is learnt.
  expect(await play(shop, "new", 100)).toBeGreaterThan(0.5);
  await shop.engine.putItems([sampleItem("i-3", { categories: ["drama"] })]);
  await shop.engine.deleteItem(itemId("i-1"));
  expect(await play(shop, "i-2", 110)).toBeGreaterThan(0.5);

  const marks = (await shop.store.decisions.recent(1000)).map(({ decision }) => decision.fastLoop);
  // The first request of a policy only begins its loop.
  expect(marks.filter((mark) => mark === undefined)).toHaveLength(1);
  // A window of 5 s, 10 s of grace and one visit a second: the last whole block that is due.
  const blocks = new Set(marks.map((mark) => mark?.through ?? 0)).size - 1;
  expect(blocks).toBe(Math.floor((210 - 16) / blockSize));
  const { findings, largestDifference, decisions } = await shop.check();
  expect({ findings, decisions }).toEqual({ findings: [], decisions: 210 });
  expect(largestDifference).toBeLessThan(1e-6);
});

const drawn = ({ fastLoop: mark, slate, positionPropensities }: Decision) => ({
  mark,
  slate,
  positionPropensities,
});

test("a server that starts again draws as the one before it, once it has read the record", async () => {
  const shop = await open();
  await play(shop, "i-2", 70);
  const request = { userId: ann, seed: 5 };
  await shop.engine.idle();
  const { decision: before } = await shop.engine.recommend(request);
  const { store, clock } = shop;
  const ids = createRandom(1);
  const engine = await createEngine({
    store,
    configuration,
    clock,
    random: createRandom(1),
    createId: () => `again-${ids.uniform()}`,
  });
  onTestFinished(engine.close);
  const { decision: first } = await engine.recommend(request);
  await engine.idle();
  const { decision: second } = await engine.recommend(request);
  expect(drawn(second)).toEqual(drawn(before));
  expect(second.fastLoop?.through).toBeGreaterThan(0);
  expect(first.fastLoop).toBeUndefined();
  expect(second.positionPropensities).not.toEqual(first.positionPropensities);
});

test("a mark that was changed or taken away is found", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const shop = await open(path);
  await play(shop, "i-2", 40);
  const [last] = await shop.store.decisions.recent(1);
  const { decisionId, fastLoop: mark } = last!.decision;
  const database = new Database(path);
  onTestFinished(() => void database.close());
  const write = database.prepare("UPDATE decisions SET fast_loop = ? WHERE decision_id = ?");
  for (const [numbers, cause] of [
    [[1, 0, 48, 0.9, 0.03, mark!.drawScale], "tampered-row"],
    [[1, mark!.through, 48, 0.9, 0.04, mark!.drawScale], "tampered-row"],
    [[1, mark!.through, 48, 0.95, 0.03, mark!.drawScale], "tampered-row"],
    [[1, mark!.through + 1, 48, 0.9, 0.03, mark!.drawScale], "underivable"],
    [[2, mark!.through, 48, 0.9, 0.03, mark!.drawScale], "underivable"],
    [null, "tampered-row"],
  ] as const) {
    write.run(numbers && JSON.stringify(numbers), decisionId);
    expect((await shop.check()).findings).toMatchObject([{ decisionId, cause }]);
  }
});

test("where it is off, decisions carry no mark", async () => {
  const shop = await openShop({ scenario: { ...scenario, fastLoop: {} } });
  await assign(shop.store, { serving: shopSnapshot() });
  for (let turn = 0; turn < 2; turn++) {
    const { decision } = await shop.engine.recommend({ userId: ann });
    await shop.engine.idle();
    expect(decision.fastLoop).toBeUndefined();
  }
});
