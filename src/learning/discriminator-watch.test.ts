import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { paddedBatch } from "../../tests/support/padded-batch.ts";
import { fingerprint, randomNetwork, sampleViews } from "../../tests/support/policy.ts";
import { isHeldOut } from "../mpo/separation.ts";
import { createRandom } from "../numeric/random.ts";
import { copyHeads } from "../policy/network.ts";
import { createDiscriminatorWatch } from "./discriminator-watch.ts";

const views = sampleViews(2);
const shape = { heads: 2, width: 2, positions: 1 };
const networks = [1, 2, 3].map((seed) => randomNetwork(shape, views, createRandom(seed)));
const users = [...Array(400).keys()].filter((user) => isHeldOut(sampleRow(views, { user })));
const policy = Float64Array.of(0.5, 0.5);

const heldOut = users.slice(0, 40).map((user) => ({ ...sampleRow(views, { user }), policy }));

/** An epoch in which D puts the chosen item first in `wins` of 40 held-out rows. */
function epochOf(wins: number) {
  const { batch, shape } = paddedBatch(heldOut, networks[0]!);
  const logits = new Float32Array(shape.states * shape.candidates);
  for (let row = 0; row < heldOut.length; row++)
    logits[row * shape.candidates + (row < wins ? 0 : 1)] = 1;
  return [batch, logits, shape.candidates] as const;
}

function run(wins: readonly number[]) {
  const watch = createDiscriminatorWatch(1);
  for (const [epoch, won] of wins.entries()) {
    watch.observe(...epochOf(won));
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
  const [batch, ...read] = epochOf(40);
  const unrewarded = heldOut.map((row) => ({ ...row, reward: 0 }));
  const older = heldOut.map((row) => ({ ...row, fold: "older" as const }));
  for (const rows of [unrewarded, older]) watch.observe({ ...batch, rows }, ...read);
  watch.endEpoch(networks[0]!);
  expect(watch.settle(networks[0]!).separation.auc).toBe(0.5);
});
