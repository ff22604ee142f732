import { expect, test } from "vitest";
import type { SelfCheck } from "../../../src/domain/gate-record.ts";
import { largestRounding } from "../../../src/evaluation/checks.ts";
import { klDivergence } from "../../../src/numeric/log-probabilities.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { fitChoice } from "./choice-model.ts";
import { fitValues, sumRows } from "./fitted-values.ts";
import { interestTask } from "./interest-task.ts";
import { createMpo } from "./mpo.ts";
import { playSessions, type SessionRow } from "./play.ts";
import { topPlaces } from "./run-policies.ts";
import { satiationTask } from "./satiation-task.ts";
import { playSession } from "./session-world.ts";
import { fitPolicy, policyLogs } from "./slate-policy.ts";
import type { StepFeatures } from "./task.ts";
import { expectReturns } from "./value-heads.ts";

const discount = 0.8;
const slates = [[0], [1]];

/** Two candidates and none, told apart by one-hot features; `place` is the state. */
const stepAt = (place: number): StepFeatures => ({
  state: Float64Array.from({ length: 3 }, (_, k) => (k === place ? 1 : 0)),
  outcomes: Float64Array.of(1, 0, 0, 1, 0, 0),
  kinds: Int32Array.of(0, 1, 2),
  names: [{ itemId: "a" }, { itemId: "b" }],
});

const rowAt = (place: number, changes: Partial<SessionRow> = {}): SessionRow => ({
  step: stepAt(place),
  action: 0,
  position: 0,
  outcome: 0,
  immediate: 0,
  reward: 0,
  goesOn: true,
  propensity: 0.5,
  exploration: 0,
  user: 0,
  arm: "serving",
  candidates: [{ itemId: "a" }, { itemId: "b" }],
  ...changes,
});

/** Three steps that earn 0, 0.5 and 1. */
const chain = Array.from({ length: 400 }, () => [
  rowAt(0, { immediate: 0, reward: 0.2 * 0.8 * (0.5 + 0.8) }),
  rowAt(1, { immediate: 0.5, reward: 0.2 * (0.5 + 0.8) }),
  rowAt(2, { immediate: 1, reward: 0.2, goesOn: false }),
]).flat();

test("fitted Q evaluation and regression of the returns find the values of a chain", () => {
  const sums = sumRows(chain, 5, () => 1);
  for (const target of ["fitted", "observed"] as const) {
    const weights = fitValues(sums, { discount, target });
    // All rows have outcome 0. The ridge of 1 against 400 rows a state shrinks by well under a hundredth.
    const values = [0, 1, 2].map((place) => weights[place]! + weights[3]!);
    for (const [place, truth] of [0.208, 0.26, 0.2].entries())
      expect(Math.abs(values[place]! - truth)).toBeLessThan(0.01);
  }
});

test("a step judges by its reward and the mean value of the next one", () => {
  const heads = [Float64Array.of(0.3, 0.3, 0.3, 0, 0), Float64Array.of(0.5, 0.5, 0.5, 0, 0)];
  expect(expectReturns(chain.slice(0, 3), heads, discount)).toEqual([
    expect.closeTo(0.8 * 0.4, 12),
    expect.closeTo(0.2 * 0.5 + 0.8 * 0.4, 12),
    expect.closeTo(0.2, 12),
  ]);
});

test("the choice model finds the masses by which users choose, within 4 standard errors", () => {
  const random = createRandom(5);
  const masses = [3, 0.5, 1];
  const rows = Array.from({ length: 1500 }, () => {
    const action = random.integer(2);
    const isTaken = random.uniform() < masses[action]! / (masses[action]! + 1);
    return rowAt(0, { action, outcome: isTaken ? action : 2 });
  });
  const found = fitChoice(rows, { masses: Float64Array.of(1, 1, 1), slates });
  for (const [kind, mass] of masses.entries()) {
    const chance = mass / (mass + 1);
    const error = Math.sqrt(1 / (750 * chance * (1 - chance)));
    expect(Math.abs(Math.log(found[kind]! / mass))).toBeLessThan(4 * error);
  }
});

test("a policy that can match its target does", () => {
  const masses = Float64Array.of(2, 1, 1);
  const start = { weights: new Float64Array(2), masses };
  const target = policyLogs({ weights: Float64Array.of(1.5, -1), masses }, stepAt(0), slates);
  const steps = [{ step: stepAt(0), target: target.map(Math.exp) }];
  const moved = policyLogs(fitPolicy(start, steps, slates), stepAt(0), slates);
  expect(klDivergence(target, moved)).toBeLessThan(1e-4);
  expect(klDivergence(target, policyLogs(start, stepAt(0), slates))).toBeGreaterThan(0.1);
});

test.each([
  ["satiation", satiationTask],
  ["interest evolution", interestTask],
])("played by a loop, sessions of %s earn what the same slates earn alone", (_, task) => {
  const world = task.world(9);
  const serve = () => ({
    arm: "serving" as const,
    exploration: 0,
    probabilities: Float64Array.from(task.slates, (__, index) => (index === 0 ? 1 : 0)),
  });
  const play = { task, world, serve, discount, random: createRandom(1) };
  const { rows, meanReturn } = playSessions(play, 0, 2);
  const alone = [0, 1].map((index) =>
    playSession(world.start(index), () => task.slates[0]!, createRandom(1)),
  );
  expect(meanReturn).toBeCloseTo((alone[0]!.total + alone[1]!.total) / 2, 9);
  expect(rows.length).toBe(alone[0]!.steps + alone[1]!.steps);
  for (const { step, outcome } of rows) {
    expect(step.state.length).toBe(task.stateWidth);
    expect(step.outcomes.length).toBe(step.kinds.length * task.outcomeWidth);
    expect(outcome).toBeLessThan(step.kinds.length);
  }
  // Backwards: G = (1 − γ)·r + γ·G'.
  for (const [index, { reward, immediate, goesOn }] of rows.entries())
    expect(reward).toBeCloseTo(
      (1 - discount) * immediate + (goesOn ? discount * rows[index + 1]!.reward : 0),
      12,
    );
});

test("each step that a loop served is borne out by its policy", async () => {
  const [task, random] = [satiationTask, createRandom(3)];
  const checks: SelfCheck[] = [];
  const values = { discount, target: "fitted" } as const;
  const learner = createMpo(task, values, {
    random,
    observe: ({ gate }) => checks.push(gate.selfCheck!),
  });
  const play = { task, world: task.world(3), serve: learner.serve, discount, random };
  for (let cycle = 0; cycle < 3; cycle++)
    await learner.learn(playSessions(play, 40 * cycle, 40).rows, cycle);
  expect(checks.length).toBe(3);
  for (const { rows, leftOut, largestLogRatio } of checks) {
    expect(rows).toBeGreaterThan(0);
    expect(leftOut).toBe(0);
    expect(largestLogRatio).toBeLessThan(largestRounding / 1e6);
  }
});

test("the top places are those of the highest scores", () => {
  expect(topPlaces([0.1, 0.9, 0.5], 2)).toEqual([1, 2]);
});
