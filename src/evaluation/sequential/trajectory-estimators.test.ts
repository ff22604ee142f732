import { describe, expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import {
  perDecisionImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  type TrajectoryOptions,
  trajectoryImportanceSampling,
} from "./trajectory-estimators.ts";
import { type WeightedTrajectories, weighTrajectories } from "./weigh-trajectories.ts";

// Two steps, two actions each. The first action is the state of the second step. r_0 = a_0, r_1 = 1 + 2·a_0·a_1. Logged: every choice with ½. Target: first action 1 with ¾, then the
// same action again with ⅔ (after 0) or ¼ (after 1).
const target = {
  first: [1 / 4, 3 / 4],
  second: [
    [2 / 3, 1 / 3],
    [3 / 4, 1 / 4],
  ],
};
const paths = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;
const rewardOf = (path: readonly [number, number]) => [path[0], 1 + 2 * path[0] * path[1]];
const discount = 0.9;
/** Σ over paths of the target's probability times the discounted return: ¾ + 0.9·(1 + 2·¾·¼). */
const truth = 3 / 4 + discount * (1 + (2 * 3) / 16);

const trueModel = (path: readonly [number, number], step: number) =>
  step === 1
    ? rewardOf(path)[1]!
    : path[0] + discount * (1 + 2 * path[0] * target.second[path[0]]![1]!);
const wrongModel = (path: readonly [number, number], step: number) => 3 - step + path[step]!;

/** Every logged path as often as the others: averages over them are expectations. */
function enumerate(model: typeof trueModel, order = paths.slice()): WeightedTrajectories {
  const steps = order.flatMap((path) => [0, 1].map((step) => ({ path, step })));
  const column = (cell: (at: (typeof steps)[number]) => number) => Float64Array.from(steps, cell);
  const policy = ({ path, step }: (typeof steps)[number]) =>
    step === 0 ? target.first : target.second[path[0]]!;
  const withAction = (path: readonly [number, number], step: number, action: number) =>
    (step === 0 ? [action, path[1]] : [path[0], action]) as [number, number];
  return weighTrajectories(
    {
      rewards: column(({ path, step }) => rewardOf(path)[step]!),
      propensities: column(() => 0.5),
      starts: Int32Array.from({ length: order.length + 1 }, (_, i) => 2 * i),
    },
    {
      targetProbabilities: column((at) => policy(at)[at.path[at.step]!]!),
      predictions: column(({ path, step }) => model(path, step)),
      directValues: column((at) =>
        policy(at).reduce(
          (sum, p, a) => sum + p * model(withAction(at.path, at.step, a), at.step),
          0,
        ),
      ),
    },
  );
}

const weighted = {
  trajectoryImportanceSampling,
  perDecisionImportanceSampling,
  sequentialDoublyRobust,
};

describe.each(Object.entries(weighted))("%s", (_, estimate) => {
  test.each([false, true])(
    "it is exact in expectation whatever the model; self-normalised %s",
    (selfNormalised) => {
      const value = estimate(enumerate(wrongModel), { discount, selfNormalised })?.value;
      expect(value).toBeCloseTo(truth, 12);
    },
  );

  test("the order of the trajectories does not matter", () => {
    const one = estimate(enumerate(wrongModel), { discount, selfNormalised: true })!;
    const other = estimate(enumerate(wrongModel, [...paths].reverse()), {
      discount,
      selfNormalised: true,
    })!;
    expect(other.value).toBeCloseTo(one.value, 12);
    expect(other.standardError).toBeCloseTo(one.standardError, 12);
  });

  test("a discount outside [0, 1] is refused", () => {
    for (const wrong of [-0.1, 1.1, Number.NaN]) {
      expect(() => estimate(enumerate(trueModel), { discount: wrong })).toThrow(
        /discount must be in \[0, 1\], got/,
      );
    }
  });

  test("without any weight the error is infinite, and there is no self-normalised estimate", () => {
    const empty = { ...enumerate(trueModel), stepWeights: new Float64Array(8) };
    expect(estimate(empty, {})?.standardError).toBe(Infinity);
    expect(estimate(empty, { selfNormalised: true })).toBeUndefined();
  });
});

test("a true model leaves the doubly robust estimate no variance but that of the states", () => {
  const { standardError } = sequentialDoublyRobust(enumerate(trueModel), { discount })!;
  expect(standardError).toBeCloseTo(0, 12);
  expect(sequentialDirectMethod(enumerate(trueModel))!.value).toBeCloseTo(truth, 12);
});

test("per-decision weights are less noisy than those of the trajectory", () => {
  const trajectories = enumerate(trueModel);
  const [whole, perDecision] = [trajectoryImportanceSampling, perDecisionImportanceSampling].map(
    (estimate) => estimate(trajectories, { discount })!.standardError,
  );
  expect(perDecision!).toBeLessThan(whole!);
});

/**
 * Action 1 continues, with a second choice that earns 1; action 0 ends the trajectory. Logged with
 * ½, the target continues with ¾.
 */
function goOnOrLeave(choices: readonly (0 | 1)[]): WeightedTrajectories {
  const steps = choices.flatMap((goesOn) => (goesOn ? [0.75, 1] : [0.25]));
  const isLast = (row: number) => steps[row] === 1;
  const lengths = choices.map((goesOn) => 1 + goesOn);
  return weighTrajectories(
    {
      rewards: Float64Array.from(steps, (_, row) => (isLast(row) ? 1 : 0)),
      propensities: Float64Array.from(steps, (_, row) => (isLast(row) ? 1 : 0.5)),
      starts: Int32Array.from([
        0,
        ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b)),
      ]),
    },
    {
      targetProbabilities: Float64Array.from(steps),
      predictions: Float64Array.from(steps, (probability) => (probability === 0.25 ? 0 : 1)),
      directValues: Float64Array.from(steps, (_, row) => (isLast(row) ? 1 : 0.75)),
    },
  );
}

test("where choices end trajectories, those that have ended keep their weight: self-normalised values stay consistent", () => {
  const both = goOnOrLeave([1, 0, 1, 0]);
  for (const selfNormalised of [false, true]) {
    expect(perDecisionImportanceSampling(both, { selfNormalised })!.value).toBeCloseTo(0.75, 12);
    expect(sequentialDoublyRobust(both, { selfNormalised })!.value).toBeCloseTo(0.75, 12);
  }
  // Weights 1.5, 0.5, 0.5: the second step is worth 1.5/2.5.
  const few = perDecisionImportanceSampling(goOnOrLeave([1, 0, 0]), { selfNormalised: true })!;
  expect(few.value).toBeCloseTo(0.6, 12);
  // One ratio: influences are ω·(v − R) + R.
  const influences = [1.8 * 0.4 + 0.6, 0.6 - 0.6 * 0.6, 0.6 - 0.6 * 0.6];
  const spread = influences.reduce((sum, value) => sum + (value - 0.6) ** 2, 0);
  expect(few.standardError).toBeCloseTo(Math.sqrt(spread / (3 * 2)), 12);
});

test("self-normalised intervals cover 93 to 97 % of 1,000 logs of trajectories that choices end", () => {
  const random = createRandom(12);
  let covered = 0;
  for (let log = 0; log < 1000; log++) {
    const choices = Array.from({ length: 200 }, () => (random.integer(2) ? 1 : 0));
    const { interval } = perDecisionImportanceSampling(goOnOrLeave(choices), {
      selfNormalised: true,
    })!;
    covered += interval.lower <= 0.75 && 0.75 <= interval.upper ? 1 : 0;
  }
  expect(covered).toBeGreaterThanOrEqual(930);
  expect(covered).toBeLessThanOrEqual(970);
});

test("self-normalised intervals cover 93 to 97 % of 1,000 logs of 200 trajectories", () => {
  const random = createRandom(11);
  let covered = 0;
  for (let log = 0; log < 1000; log++) {
    const order = Array.from({ length: 200 }, () => paths[random.integer(4)]!);
    const options: TrajectoryOptions = { discount, selfNormalised: true };
    const { interval } = perDecisionImportanceSampling(enumerate(wrongModel, order), options)!;
    covered += interval.lower <= truth && truth <= interval.upper ? 1 : 0;
  }
  expect(covered).toBeGreaterThanOrEqual(930);
  expect(covered).toBeLessThanOrEqual(970);
});

describe("weighTrajectories", () => {
  const log = {
    rewards: Float64Array.of(0, 1),
    propensities: Float64Array.of(0.5, 0.5),
    starts: Int32Array.of(0, 2),
  };
  const policy = { targetProbabilities: Float64Array.of(1, 1) };

  test.each([
    ["no rows", { rewards: new Float64Array() }, /at least one row/],
    [
      "a NaN",
      { rewards: Float64Array.of(0, Number.NaN) },
      /rewards must be a finite number, got NaN at row 1/,
    ],
    [
      "a propensity of 0",
      { propensities: Float64Array.of(0.5, 0) },
      /propensities must be in \(0, 1\], got 0/,
    ],
    [
      "starts that stop short",
      { starts: Int32Array.of(0, 1) },
      /starts must climb from 0 to the 2 rows/,
    ],
    ["an empty trajectory", { starts: Int32Array.of(0, 0, 2) }, /starts must climb/],
    ["no starts", { starts: Int32Array.of() }, /starts must climb/],
    [
      "clusters of the steps",
      { clusters: ["a", "b"] },
      /clusters must have one entry for each of the 1 sequences, got 2/,
    ],
  ])("%s: refused", (_, wrong, message) => {
    expect(() => weighTrajectories({ ...log, ...wrong }, policy)).toThrow(message);
  });

  test("a product of weights that overflows is refused", () => {
    const rare = {
      ...log,
      propensities: Float64Array.of(1e-99, 1e-99),
      rewards: Float64Array.of(1, 1),
    };
    const three = {
      rewards: Float64Array.of(1, 1, 1),
      propensities: Float64Array.of(1e-99, 1e-99, 1e-99),
      starts: Int32Array.of(0, 3),
    };
    expect(weighTrajectories(rare, policy).stepWeights[1]).toBeCloseTo(1e198, -190);
    expect(() =>
      weighTrajectories(three, { targetProbabilities: Float64Array.of(1, 1, 1) }),
    ).toThrow(/product of weights must be at most 1e200, got .* at row 2/);
  });

  test("doubly robust and direct method need a model", () => {
    const trajectories = weighTrajectories(log, policy);
    expect(() => sequentialDoublyRobust(trajectories)).toThrow(/dr needs directValues/);
    expect(() => sequentialDirectMethod(trajectories)).toThrow(/dm needs directValues/);
  });

  test("trajectories of one user count as one", () => {
    const two = {
      rewards: Float64Array.of(0, 1),
      propensities: Float64Array.of(0.5, 0.5),
      starts: Int32Array.of(0, 1, 2),
    };
    const alone = weighTrajectories(two, policy);
    const together = weighTrajectories({ ...two, clusters: ["a", "a"] }, policy);
    expect(perDecisionImportanceSampling(alone)!.standardError).toBeCloseTo(1, 12);
    expect(perDecisionImportanceSampling(together)!.standardError).toBe(Infinity);
  });
});
