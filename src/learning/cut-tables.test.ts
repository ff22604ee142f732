import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { paddedBatch } from "../../tests/support/padded-batch.ts";
import { randomNetwork, randomState, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { allSlots } from "../policy/item-features.ts";
import { createGraph } from "../tensor/graph.ts";
import { createSession } from "../tensor/session.ts";
import { criticLoss } from "./critic-graph.ts";
import { cutTables } from "./cut-tables.ts";
import { distinctViews, tableRows } from "./training-rows.ts";

const views = sampleViews(6);
const random = createRandom(59);
/** It knows items that no row has, and not all of those that rows have. */
const known = [...sampleViews(40).slice(20), ...views.slice(2)];
const network = randomNetwork({ heads: 3, width: 4, positions: 2 }, known, random);
const rows = Array.from({ length: 4 }, () =>
  sampleRow(views, { state: randomState(views, random) }),
);
const cut = cutTables(network, {
  views: distinctViews(rows),
  states: rows.map(({ state }) => state),
});

async function loss(whole: boolean): Promise<number> {
  const { tables, slots } = whole ? { tables: tableRows(network), slots: allSlots } : cut;
  const used = whole ? network : cut.network;
  const { batch, shape } = paddedBatch(rows, network, { tables, slots });
  const graph = createGraph();
  const session = await createSession(graph, { loss: criticLoss(graph, used, shape).loss });
  const ones = (length: number) => new Float32Array(length).fill(1);
  const data = {
    lower: new Float32Array(shape.rows).fill(-30),
    upper: new Float32Array(shape.rows).fill(-30),
    intercept: Float32Array.of(0.2, -0.4),
    rewardPositive: ones(2 * shape.rows),
    rewardNegative: ones(2 * shape.rows),
    choicePositive: ones(shape.states * shape.candidates),
    choiceNegative: ones(shape.states * shape.candidates),
  };
  const result = await session.run({ ...used.parameters, ...batch.feeds, ...data });
  await session.close();
  return result.loss![0]!;
}

test("a network with cut tables has the loss of the whole one", async () => {
  const { itemTokenTable, itemTable } = cut.network.parameters;
  expect(itemTable!.length).toBe(5 * 12);
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
