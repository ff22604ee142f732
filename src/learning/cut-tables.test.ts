import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { randomNetwork, randomState, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { allSlots } from "../policy/item-features.ts";
import { createGraph } from "../tensor/graph.ts";
import { createSession } from "../tensor/session.ts";
import { buildBatch, distinctViews, tableRows } from "./batch.ts";
import { criticLoss } from "./critic-graph.ts";
import { cutTables } from "./cut-tables.ts";

const views = sampleViews(6);
const random = createRandom(59);
const network = randomNetwork({ heads: 3, width: 4, positions: 2 }, views, random);
const rows = Array.from({ length: 4 }, () =>
  sampleRow(views, { state: randomState(views, random) }),
);
const cut = cutTables(network, {
  views: distinctViews(rows),
  states: rows.map(({ state }) => state),
});

async function loss(whole: boolean): Promise<number> {
  const { tables, slots } = whole ? { tables: tableRows(network), slots: allSlots } : cut;
  const shape = { rows: 4, items: 6, slots };
  const used = whole ? network : cut.network;
  const { feeds } = buildBatch({ rows, shape, tables });
  const graph = createGraph();
  const session = await createSession(graph, { loss: criticLoss(graph, used, shape).loss });
  const ones = (length: number) => new Float32Array(length).fill(1);
  const data = {
    shown: Int32Array.of(0, 1, 2, 3),
    lower: new Float32Array(4).fill(-30),
    upper: new Float32Array(4).fill(-30),
    intercept: Float32Array.of(0.2, -0.4),
    rewardPositive: ones(8),
    rewardNegative: ones(8),
    choicePositive: ones(24),
    choiceNegative: ones(24),
  };
  const result = await session.run({ ...used.parameters, ...feeds, ...data });
  await session.close();
  return result.loss![0]!;
}

test("a network with cut tables has the loss of the whole one", async () => {
  const { itemTokenTable } = cut.network.parameters;
  expect(itemTokenTable!.length).toBeLessThan(network.parameters.itemTokenTable!.length / 20);
  expect(await loss(false)).toBeCloseTo(await loss(true), 5);
});

test("what was trained comes back in its place, and what was not read stays as it was", () => {
  expect(cut.restore(cut.network.parameters)).toEqual(network.parameters);
  const moved = cut.network.parameters.itemTokenTable!.map((value) => value + 1);
  const { itemTokenTable } = cut.restore({ ...cut.network.parameters, itemTokenTable: moved });
  const read = new Set(views.flatMap(({ tokens }) => tokens.map(({ index }) => index)));
  const columns = 12;
  for (const [place, value] of network.parameters.itemTokenTable!.entries()) {
    const row = Math.floor(place / columns);
    const expected = row === 0 || read.has(row) ? value + 1 : value;
    expect(itemTokenTable![place]).toBeCloseTo(expected, 5);
  }
});
