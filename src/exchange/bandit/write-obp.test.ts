import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { playShop, shopDecisions } from "../../../tests/support/played-shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { writeFolder } from "../onnx-export/write-folder.ts";
import { exportDecisions } from "../tables/export-decisions.ts";
import type { ExportedDecision } from "../tables/exported-decision.ts";
import { toObp } from "./write-obp.ts";

async function exportObp(limits: object = {}) {
  const shop = await playShop({ decisions: 5 });
  const folder = join(createTestFolder(), "obp");
  const { files, counts } = toObp({ ...shopDecisions(shop), ...limits });
  await writeFolder(folder, files);
  const read = async (name: string) =>
    parquetReadObjects({ file: await asyncBufferFromFile(join(folder, name)) });
  const decisions: ExportedDecision[] = [];
  for await (const decision of exportDecisions(shopDecisions(shop))) decisions.push(decision);
  return {
    rounds: await read("rounds.parquet"),
    actions: await read("actions.parquet"),
    manifest: JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")),
    decisions,
    counts: counts(),
  };
}

test("a round is a position, with its action, reward, propensity and the actions that were left", async () => {
  const { rounds, actions, manifest, decisions, counts } = await exportObp();
  expect(manifest).toEqual({
    scenario: "shop",
    n_rounds: 10,
    n_actions: 6,
    len_list: 2,
    dim_context: 32,
    dim_action_context: 32,
  });
  expect(counts).toEqual({ rounds: 10, actions: 6 });
  const idOf = (number: unknown) => actions[Number(number)]?.itemId;
  expect(actions.map(({ action }) => Number(action))).toEqual([0, 1, 2, 3, 4, 5]);
  const expected = decisions.flatMap(({ slate, rewards, positionPropensities, userId }) =>
    slate.map((item, place) => [item, rewards[place], positionPropensities[place], place, userId]),
  );
  expect(
    rounds.map(({ action, reward, pscore, position, userId }) => [
      ...[idOf(action), reward, pscore, Number(position), userId],
    ]),
  ).toEqual(expected);
  const [first, second] = rounds.map(({ candidates }) => candidates.map(idOf));
  expect(first.toSorted()).toEqual(["i-0", "i-1", "i-2", "i-3", "i-4", "i-5"]);
  expect(second).toEqual(first.filter((id: string) => id !== decisions[0]?.slate[0]));
});

test("contexts are vectors of one length; those of moments and of items that differ, differ", async () => {
  const { rounds, actions } = await exportObp();
  const [moments, items] = [
    rounds.map(({ context }) => context),
    actions.map(({ action_context: context }) => context),
  ];
  for (const vector of [...moments, ...items]) expect(vector).toHaveLength(32);
  expect(moments[0]).toEqual(moments[1]);
  expect(moments[0]).not.toEqual(moments[2]);
  expect(new Set(items.map((item) => item.join())).size).toBe(6);
});

test("a choice that was none of its candidates, in a row changed by hand, is no round", async () => {
  const shop = await playShop({ decisions: 1 });
  const { decisions } = shop.store;
  const feedback: typeof decisions.feedback = async (options) => {
    const rows = await decisions.feedback(options);
    return rows.map(({ decision, ...rest }) => {
      const candidates = decision.candidates.filter(({ itemId }) => itemId !== decision.slate[1]);
      return { ...rest, decision: { ...decision, candidates } };
    });
  };
  const store = { ...shop.store, decisions: { ...decisions, feedback } };
  const { files, counts } = toObp(shopDecisions({ ...shop, store }));
  await writeFolder(join(createTestFolder(), "obp"), files);
  expect(counts()).toMatchObject({ rounds: 1 });
});

test("an arm without decisions is an empty log", async () => {
  const { rounds, manifest } = await exportObp({ arm: "canary" });
  expect(rounds).toEqual([]);
  expect(manifest).toMatchObject({ n_rounds: 0, n_actions: 0, len_list: 0 });
});
