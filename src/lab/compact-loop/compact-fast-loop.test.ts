import { expect, test } from "vitest";
import type { BilinearScores } from "../../domain/bandit-world.ts";
import { createRandom } from "../../numeric/random.ts";
import { createBilinearFeatures, emptyScores } from "../linear/bilinear.ts";
import { policyLogs } from "../linear/softmax-policy.ts";
import { createBanditWorld } from "../worlds/bandit/bandit-world.ts";
import { createCompactFastLoop } from "./compact-fast-loop.ts";
import { createCompactLearner } from "./compact-learner.ts";
import type { CompactRow } from "./compact-row.ts";
import { runCompactLoop } from "./run-compact-loop.ts";

// Models give way every 80 visits, so that some are seen to.
const settings = { forgetting: 0.95, temperature: 0.03, drawScale: 0.2 };
const world = createBanditWorld({ seed: 3, items: 20, users: 40, candidates: 8, clickRate: 0.3 });
const features = createBilinearFeatures(world.userFeatures, world.itemFeatures);

/** One cycle of the uniform choice corrected by the loop. */
async function play(fastLoop: typeof settings, visitsPerCycle: number) {
  const rows: CompactRow[] = [];
  const learner = createCompactLearner(world, createRandom(5), { fastLoop });
  const learn = (all: readonly CompactRow[]) => {
    rows.push(...all);
    return "watched";
  };
  const [cycle] = await runCompactLoop({
    world,
    visitsPerCycle,
    cycles: 1,
    seed: 5,
    learner: { ...learner, learn },
  });
  return { rows, rewards: cycle!.rewards };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value / values.length, 0);

test("it is back from the uniform choice within one cycle", async () => {
  const { rewards } = await play({ ...settings, forgetting: 0.998 }, 1200);
  expect(mean(rewards.slice(-300))).toBeGreaterThan(1.25 * mean(rewards.slice(0, 100)));
});

test("each propensity is that of an explicit softmax with the floor, given a draw that follows from record and seed", async () => {
  const { rows } = await play(settings, 300);
  const again = createCompactFastLoop(features, settings, createRandom(5).split("requests"));
  const policy = emptyScores(features);
  const weights = rows.map((row) => {
    const masses = again.logits(policy, row).logits.map(Math.exp);
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    const served = (0.995 * masses[row.action]!) / total + 0.005 / masses.length;
    expect(Math.abs(served - row.propensity)).toBeLessThan(1e-12);
    again.observe(row);
    return 1 / (masses.length * row.propensity);
  });
  // So weights against the uniform choice have a mean of 1, here within 5 standard errors.
  const squares = weights.reduce((sum, weight) => sum + (weight - mean(weights)) ** 2, 0);
  expect(Math.abs(mean(weights) - 1)).toBeLessThan((5 * Math.sqrt(squares)) / weights.length);
});

test("a policy that comes later has the model that it would have had from the start", async () => {
  const { rows } = await play(settings, 250);
  const policy: BilinearScores = world.logging;
  const create = () =>
    createCompactFastLoop(features, { ...settings, drawScale: 0 }, createRandom(1));
  const [watched, asked] = [create(), create()];
  for (const row of rows) {
    watched.logits(policy, row);
    watched.observe(row);
    asked.observe(row);
  }
  const { logits: corrected } = asked.logits(policy, rows[0]!);
  expect(corrected).toEqual(watched.logits(policy, rows[0]!).logits);
  expect(corrected).not.toEqual(policyLogs(features, policy, rows[0]!));
});
