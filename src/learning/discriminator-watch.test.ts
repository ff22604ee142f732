import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { fingerprint, randomNetwork, sampleViews } from "../../tests/support/policy.ts";
import { isHeldOut } from "../mpo/separation.ts";
import { createRandom } from "../numeric/random.ts";
import { copyHeads } from "../policy/network.ts";
import { batchRows } from "./batch.ts";
import { createDiscriminatorWatch } from "./discriminator-watch.ts";

const views = sampleViews(2);
const shape = { heads: 2, width: 2, positions: 1 };
const networks = [1, 2, 3].map((seed) => randomNetwork(shape, views, createRandom(seed)));
const users = [...Array(400).keys()].filter((user) => isHeldOut(sampleRow(views, { user })));
const policy = Float64Array.of(0.5, 0.5);

/** An epoch in which D puts the chosen item first in `wins` of 40 held-out rows. */
function epochOf(wins: number) {
  const rows = users.slice(0, 40).map((user) => ({ ...sampleRow(views, { user }), policy }));
  const logits = new Float32Array(batchRows * 2);
  for (let row = 0; row < wins; row++) logits[2 * row] = 1;
  for (let row = wins; row < rows.length; row++) logits[2 * row + 1] = 1;
  return { rows, columns: rows.map(() => Int32Array.of(0, 1)), logits };
}

function run(wins: readonly number[]) {
  const watch = createDiscriminatorWatch(1);
  for (const [epoch, won] of wins.entries()) {
    const { rows, columns, logits } = epochOf(won);
    watch.observe(rows, columns, logits);
    watch.endEpoch(networks[epoch]!);
  }
  return watch.settle(networks[wins.length - 1]!);
}

test("a discriminator that gets better is taken as it ends", () => {
  const { network, separation } = run([20, 25, 38]);
  expect(network).toBe(networks[2]);
  // The chosen item has half of the policy's mass: level with itself, and above the other or not.
  expect(separation.auc).toBeCloseTo((38 * 0.75 + 2 * 0.25) / 40, 12);
});

test("one that gets worse is taken as of its best epoch, the other heads as they end", () => {
  const { network, separation } = run([20, 38, 10]);
  expect(fingerprint(network)).toBe(fingerprint(copyHeads(networks[2]!, networks[1]!, [1])));
  expect(separation.auc).toBeCloseTo((38 * 0.75 + 2 * 0.25) / 40, 12);
});

test("a fall within the error is no reason to go back", () => {
  expect(run([20, 21, 20]).network).toBe(networks[2]);
});

test("rows that D is trained on, and rows without reward, tell nothing", () => {
  const watch = createDiscriminatorWatch(1);
  const { columns, logits } = epochOf(40);
  const rows = users.slice(0, 40).map((user) => ({ ...sampleRow(views, { user }), policy }));
  watch.observe(
    rows.map((row) => ({ ...row, reward: 0 })),
    columns,
    logits,
  );
  watch.observe(
    rows.map((row) => ({ ...row, fold: "older" as const })),
    columns,
    logits,
  );
  watch.endEpoch(networks[0]!);
  expect(watch.settle(networks[0]!).separation.auc).toBe(0.5);
});
