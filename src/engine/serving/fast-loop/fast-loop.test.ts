import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test, vi } from "vitest";
import type { TestEngine } from "../../../../tests/support/engine.ts";
import { sampleItem } from "../../../../tests/support/sample.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../../tests/support/shop.ts";
import { createTestFolder } from "../../../../tests/support/store.ts";
import type { Decision } from "../../../domain/decision.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import { createRandom } from "../../../numeric/random.ts";
import { blockSize, countRenewal } from "../../../policy/fast-loop/renewed-model.ts";
import { modelVersion } from "../../../policy/fast-loop/residual-model.ts";
import { growNetwork } from "../../../policy/network.ts";
import { encodeNetwork, initialNetwork } from "../../../policy/network-policy.ts";
import { audit } from "../../audit/audit.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { createEngine } from "../../create-engine.ts";

// Models give way every 64 decisions, so that some visits see it happen twice.
const fastLoop = { enabled: true, forgetting: 0.94, temperature: 0.01 };
const scenario = {
  slateSize: 1,
  fastLoop,
  reward: { weights: { click: 1 }, windowSeconds: 5, graceSeconds: 0, maximum: 1 },
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
async function play(shop: TestEngine, liked: string, visits: number): Promise<number> {
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

test("the models give way after three lifetimes of an event, in whole blocks", () => {
  expect(countRenewal(0.94, 1)).toBe(64);
  expect(countRenewal(0.998, 10)).toBe(160);
});

test("what is liked comes up within tens of visits, a new item too, and another after the taste has changed; every draw is derived again", async () => {
  const shop = await open();
  await shop.engine.putItems([sampleItem("new")]);
  // A seventh if nothing is learnt.
  expect(await play(shop, "new", 84)).toBeGreaterThan(0.5);
  await shop.engine.putItems([sampleItem("i-3", { categories: ["drama"] })]);
  await shop.engine.deleteItem(itemId("i-1"));
  expect(await play(shop, "i-2", 90)).toBeGreaterThan(0.5);

  const marks = (await shop.store.decisions.recent(1000)).flatMap(
    ({ decision }) => decision.fastLoop ?? [],
  );
  // A window of 5 s, 10 s of grace and a visit a second: a block is learnt behind the 15th request after its last one.
  expect(marks).toHaveLength(174 - (blockSize + 15));
  const blocks = new Set(marks.map(({ through }) => through));
  expect(blocks.size).toBe(Math.floor((173 - 15) / blockSize));
  // Propensities are of the draw, and weights against any policy have a mean of 1, here within 5 standard errors.
  const weights = (await shop.store.decisions.recent(1000)).map(
    ({ decision: { candidates, positionPropensities } }) =>
      1 / (candidates.length * positionPropensities[0]!),
  );
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / 174;
  const squares = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0);
  expect(Math.abs(mean - 1)).toBeLessThan((5 * Math.sqrt(squares)) / 174);
  // Nor do later changes of the configuration matter.
  const { findings, largestDifference, decisions } = await audit({
    store: shop.store,
    configuration: parseConfiguration(
      shopConfiguration({
        scenario: { ...scenario, reward: { ...scenario.reward, minimum: -1, maximum: 3 } },
      }),
    ),
  });
  expect({ findings, decisions }).toEqual({ findings: [], decisions: 174 });
  expect(largestDifference).toBeLessThan(1e-6);
});

const drawn = ({ fastLoop: mark, slate, positionPropensities }: Decision) => ({
  mark,
  slate,
  positionPropensities,
});

test("requests side by side, learning behind them and another policy half-way: every draw is derived again", async () => {
  const shop = await open();
  const work = async (worker: number) => {
    for (let turn = 0; turn < 24; turn++) {
      shop.advance(1);
      // One of them waits, so that there is something to see; the others don't.
      if (worker === 0) await shop.engine.idle();
      if (worker === 0 && turn === 12) await assign(shop.store, { serving: shopSnapshot(2) });
      const user = userId(`user-${worker}`);
      const { decision } = await shop.engine.recommend({ userId: user });
      const { decisionId, slate } = decision;
      if (slate[0] === "i-2" || slate[0] === "i-4")
        await shop.engine.record([{ type: "click", userId: user, itemId: slate[0], decisionId }]);
    }
  };
  await Promise.all([0, 1, 2, 3].map(work));
  const decisions = (await shop.store.decisions.recent(100)).map(({ decision }) => decision);
  for (const version of new Set(decisions.map(({ policyVersion }) => policyVersion))) {
    const own = decisions.filter(({ policyVersion }) => policyVersion === version);
    expect(new Set(own.map(({ fastLoop: mark }) => mark?.through)).size).toBeGreaterThan(1);
  }
  expect((await shop.check()).findings).toEqual([]);
});

test.each([
  ["are no refusals if an event would say so", { viewedType: "view" }, true],
  ["are refusals if none would", {}, false],
])("items that nobody viewed %s", async (_, viewed, isEqual) => {
  const reward = { ...scenario.reward, ...viewed };
  const still = { ...scenario, reward, fastLoop: { ...fastLoop, drawScale: 0 } };
  const shop = await openShop({ scenario: still });
  await assign(shop.store, { serving: shopSnapshot() });
  const decide = async () => (await shop.engine.recommend({ userId: ann, seed: 5 })).decision;
  const first = await decide();
  for (let turn = 0; turn < 40; turn++) await shop.engine.recommend({ userId: ann });
  shop.advance(60);
  await decide();
  await shop.engine.idle();
  const last = await decide();
  expect(first.fastLoop).toBeUndefined();
  expect(last.fastLoop?.through).toBeGreaterThan(0);
  const [before, after] = [first, last].map(({ positionPropensities: [p = 0] }) => p);
  if (isEqual) expect(after).toBeCloseTo(before!, 12);
  else expect(Math.abs(after! - before!)).toBeGreaterThan(1e-4);
});

/** Another server on the same record. */
async function startAgain({ store, clock }: Shop) {
  const ids = createRandom(1);
  const engine = await createEngine({
    store,
    configuration,
    clock,
    random: createRandom(1),
    createId: () => `again-${ids.uniform()}`,
  });
  onTestFinished(engine.close);
  return engine;
}

test("a server that starts again draws as the one before it, once it has read the record", async () => {
  const shop = await open();
  await play(shop, "i-2", 70);
  const request = { userId: ann, seed: 5 };
  await shop.engine.idle();
  const { decision: before } = await shop.engine.recommend(request);
  const engine = await startAgain(shop);
  const { decision: first } = await engine.recommend(request);
  await engine.idle();
  const { decision: second } = await engine.recommend(request);
  expect(drawn(second)).toEqual(drawn(before));
  expect(second.fastLoop?.through).toBeGreaterThan(0);
  expect(first.fastLoop).toBeUndefined();
  expect(second.positionPropensities).not.toEqual(first.positionPropensities);
});

test("a server that starts while several renewals of decisions are open draws by those that are closed", async () => {
  const shop = await open();
  await play(shop, "i-2", 120);
  shop.advance(60);
  for (let turn = 0; turn < 200; turn++) await shop.engine.recommend({ userId: ann });
  await shop.engine.idle();
  const { decision: before } = await shop.engine.recommend({ userId: ann, seed: 5 });
  const engine = await startAgain(shop);
  await engine.recommend({ userId: ann });
  await engine.idle();
  const { decision: again } = await engine.recommend({ userId: ann, seed: 5 });
  expect(before.fastLoop?.through).toBeGreaterThan(0);
  expect(drawn(again)).toEqual(drawn(before));
});

test("a server that is closed while it reads the record stops after a block", async () => {
  const shop = await open();
  await play(shop, "i-2", 120);
  const engine = await startAgain(shop);
  let reads = 0;
  const { feedback } = shop.store.decisions;
  vi.spyOn(shop.store.decisions, "feedback").mockImplementation((options) => {
    reads += 1;
    return feedback(options);
  });
  await engine.recommend({ userId: ann });
  await engine.close();
  expect(reads).toBe(1);
});

test("a mark that was changed or taken away is found", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const shop = await open(path);
  // Nobody clicks, so no probability is near 1, which would hide changes.
  await play(shop, "none", 52);
  const recent = await shop.store.decisions.recent(20);
  const { decisionId, fastLoop: mark } = recent[0]!.decision;
  const earlier = recent.at(-1)!.decision.fastLoop!.through;
  expect(earlier).not.toBe(mark!.through);
  const database = new Database(path);
  onTestFinished(() => void database.close());
  const write = database.prepare("UPDATE decisions SET fast_loop = ? WHERE decision_id = ?");
  for (const [numbers, cause] of [
    [[modelVersion, earlier, 64, 0.94, mark!.temperature, mark!.drawScale], "tampered-row"],
    [[modelVersion, mark!.through, 64, 0.94, 0.04, mark!.drawScale], "tampered-row"],
    [
      [modelVersion, mark!.through + 1, 64, 0.94, mark!.temperature, mark!.drawScale],
      "underivable",
    ],
    [
      [modelVersion + 1, mark!.through, 64, 0.94, mark!.temperature, mark!.drawScale],
      "underivable",
    ],
    [null, "tampered-row"],
  ] as const) {
    write.run(numbers && JSON.stringify(numbers), decisionId);
    expect((await shop.check()).findings).toMatchObject([{ decisionId, cause }]);
  }
});

/** A policy without a part for users. @param step of the items' log-odds, 0 for the uniform choice */
function alikeForAll(step: number): Uint8Array {
  const random = createRandom(3);
  const ids = Array.from({ length: 6 }, (_, index) => itemId(`i-${index}`));
  const network = growNetwork(initialNetwork(random), ids, random);
  const itemBias = Float32Array.from(network.itemIds, (_, index) => step * index);
  return encodeNetwork({ ...network, parameters: { ...network.parameters, itemBias } });
}

test.each([
  ["where it is off, decisions carry no mark", false, shopSnapshot(), 0],
  ["a policy without an encoder has it until one serves", "until-encoder", shopSnapshot(), 21],
  ["popularity has it", "on-popularity", alikeForAll(0.1), 21],
  ["a trained policy does not share it with popularity", "on-popularity", shopSnapshot(), 0],
  ["nor does the uniform choice before the first cycle", "on-popularity", alikeForAll(0), 0],
])("%s", async (_, enabled, serving, marked) => {
  const loop = { exploration: 0.04, loopExploration: 0.02, fastLoop: { enabled } };
  const shop = await openShop({ scenario: { ...scenario, ...loop } });
  await assign(shop.store, { serving });
  await play(shop, "i-2", 52);
  const decisions = await shop.store.decisions.recent(52);
  expect(decisions.filter(({ decision }) => decision.fastLoop)).toHaveLength(marked);
  for (const { decision } of decisions)
    expect(decision.exploration).toBe(decision.fastLoop ? 0.02 : 0.04);
  expect((await audit({ store: shop.store, configuration })).findings).toEqual([]);
});
