import { expect, test } from "vitest";
import {
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../../tests/support/shop.ts";
import { userId } from "../../../domain/ids.ts";
import { checkLogged } from "../../../mpo/self-check.ts";
import { modelVersion } from "../../../policy/fast-loop/residual-model.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { withConsent } from "../../privacy/with-consent.ts";
import { replayLoop } from "../../serving/fast-loop/replay-loop.ts";
import { createCatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { knowLogging, loadServed } from "./carried.ts";
import type { CycleOptions } from "./cycle-options.ts";
import { familyOn, replayOf } from "./improve-serving.ts";
import { readFeedback } from "./read-feedback.ts";

const shop = {
  scenario: {
    slateSize: 3,
    fastLoop: { enabled: true, forgetting: 0.99, temperature: 0.01 },
    rules: { boosts: [{ filter: "year > 6", add: 1.5 }], pins: [{ itemId: "i-4", position: 1 }] },
    reward: { weights: { click: 1 }, windowSeconds: 5, graceSeconds: 0, maximum: 1 },
  },
  items: 12,
};

/** Closed decisions of serving policy and canary, by users of whom one in ten lets nothing be learnt from. */
async function play() {
  const { engine, store, advance, clock } = await openShop(shop);
  const [serving = 0] = await assign(store, { serving: shopSnapshot(1, 12) });
  await assign(store, { canary: shopSnapshot(2, 12) }, { canaryShare: 0.3 });
  for (let turn = 0; turn < 160; turn++) {
    advance(1);
    await engine.idle();
    const user = userId(`user-${turn % 40}`);
    if (turn < 40 && turn % 10 === 0)
      await engine.putUsers([{ userId: user, consent: { train: false } }]);
    const { decision } = await engine.recommend({ userId: user });
    const { decisionId, slate } = decision;
    for (const itemId of slate.filter((id) => id === "i-2" || id === "i-7"))
      await engine.record([{ type: "click", userId: user, itemId, decisionId }]);
  }
  advance(60);
  const configuration = parseConfiguration(shopConfiguration(shop));
  const [scenario] = configuration.scenarios;
  const options = { store, configuration, scenario: scenario!, clock, seed: 1, threads: 1 };
  const learning = withConsent<CycleOptions>(options);
  const { rows } = await readFeedback({
    store: learning.store,
    scenario: scenario!,
    now: clock(),
    previous: 0,
    cycle: 1,
    catalogueAsOf: createCatalogueAsOf(store.items, undefined),
    plan: { read: 1000, decisions: 1000, cells: 100_000 },
  });
  const network = (await loadServed(store, serving))!;
  return { options: learning, rows, serving, network, family: familyOn(learning, network) };
}

test("a loop's draws are borne out at every position, by the models of each arm and moment, though some users may teach nothing", async () => {
  const { options, rows, serving, network, family } = await play();
  const drawn = rows.filter(({ isForeign }) => isForeign);
  expect(drawn.length).toBeGreaterThan(rows.length / 2);
  const known = await knowLogging(
    rows,
    { store: options.store, family, replay: replayOf(options) },
    { version: serving, arm: "serving" },
  );
  expect(known.filter(({ isForeign }) => isForeign)).toEqual([]);
  const own = known.filter(({ isOwnDraw }) => isOwnDraw);
  expect(new Set(own.map(({ policyVersion, arm }) => `${policyVersion} ${arm}`))).toEqual(
    new Set([`${serving} serving`]),
  );
  expect(known.some(({ isOwnDraw, loggingLogs }) => loggingLogs && !isOwnDraw)).toBe(true);
  const plain = await family.scorePolicy(network, known);
  const { selfCheck } = checkLogged(known, plain);
  expect(selfCheck).toMatchObject({ rows: rows.length, leftOut: 0 });
  // Without the loop they are not.
  const alone = own.map(({ loggingLogs: _, ...row }) => row);
  const aloneLogs = plain.filter((_, index) => known[index]!.isOwnDraw);
  expect(checkLogged(alone, aloneLogs).selfCheck.leftOut).toBeGreaterThan(own.length / 2);
});

test("a row has no draw before the loop began, nor one by a model that this program does not have", async () => {
  const { options, rows, serving, network, family } = await play();
  const parts = { store: options.whole!, scenario: options.scenario, text: undefined };
  const before = rows.filter(({ loop }) => loop === undefined);
  const newer = rows
    .filter(({ loop }) => loop)
    .map((row) => {
      const { mark, ...loop } = row.loop!;
      return { ...row, loop: { ...loop, mark: { ...mark, version: modelVersion + 1 } } };
    });
  expect(before.length).toBeGreaterThan(0);
  const logs = await replayLoop(network, [...newer, ...before], parts);
  expect(logs.filter((one) => one !== undefined)).toEqual([]);
  // So its propensity is all that is known of it.
  const drawn = newer.filter(({ isForeign }) => isForeign);
  const known = await knowLogging(
    drawn,
    { store: options.store, family, replay: replayOf(options) },
    { version: serving, arm: "serving" },
  );
  expect(known).toEqual(drawn);
});
