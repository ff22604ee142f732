import { describe, expect, test } from "vitest";
import {
  createSlateWorld,
  scoreSlates,
  simulateSlates,
  slatePolicy,
  worthOfSlates,
} from "../../tests/support/simulated-slates.ts";
import { gateLimits } from "../evaluation/gate-guards.ts";
import { createRandom } from "../numeric/random.ts";
import { gateCandidate } from "./gate.ts";
import { measurePart } from "./measure.ts";
import { checkLogged } from "./self-check.ts";

// `npm run bench -- gate` measures more gates, also with hundreds of items and fewer clicks.

const seed = 211;
const world = createSlateWorld(30, 0.4);
const serving = slatePolicy(world, (share) => 3 * share);
const worthOf = (logs: Float64Array) =>
  worthOfSlates(world, { logs, slates: 20_000, random: createRandom(seed + 1) });

const candidates = [
  ["much worse: it turns the order around", slatePolicy(world, (share) => -share)],
  [
    "worse: it reorders neighbours",
    slatePolicy(world, (_, item) => (3 * world.worth[item ^ 1]!) / world.worth[0]!),
  ],
  [
    "hardly better: below its first two items it turns the order around",
    slatePolicy(world, (share, item) => (item < 2 ? 6 : -3 * share)),
  ],
  ["better: it is surer of the same order", slatePolicy(world, (share) => 5 * share)],
] as const;

describe("slates of 10 out of 30, with the truth as the reward model", () => {
  const rows = simulateSlates(world, {
    logs: serving,
    decisions: 1500,
    random: createRandom(seed),
  });
  const judge = (logs: Float64Array) => {
    const candidateLogs = scoreSlates(rows, logs);
    return gateCandidate({ rows, candidateLogs, predictedDifference: 0.02, limits: gateLimits });
  };
  const truth = worthOf(serving);

  test.each(candidates)("a candidate that is %s", (_, logs) => {
    const gate = judge(logs);
    const difference = worthOf(logs) - truth;
    // The truth comes from 20,000 slates: its error is a tenth of the gate's.
    expect(Math.abs(gate.difference! - difference)).toBeLessThan(3.5 * gate.standardError!);
    if (difference < 0) expect(gate.verdict).not.toBe("promote");
  });

  test("the serving policy has weight 1 at every position", () => {
    const gate = judge(serving);
    expect(gate.difference).toBeCloseTo(0, 12);
    expect(gate.effectiveSampleShare).toBeCloseTo(1, 6);
  });

  test("draws that are known judge challengers by the marginals of the policy that drew them", () => {
    const drawn = rows.map(({ row, scores }) => ({
      row: { ...row, isOwnDraw: true, loggingLogs: scores.logPolicy },
      scores: {
        ...scores,
        logPolicy: scores.logPolicy.map(() => -Math.log(scores.logPolicy.length)),
      },
    }));
    const measured = measurePart({ rows: drawn, challengers: [] });
    expect(measured.logging).toEqual(measurePart({ rows, challengers: [] }).serving);
    expect(measured.logging).not.toEqual(measured.serving);
  });

  test("slates of another policy judge by its marginals, and its own propensities bear them out", () => {
    // Made by the policy that is surer of the order; the one that serves is the uniform choice.
    const made = slatePolicy(world, (share) => 5 * share);
    const uniform = slatePolicy(world, () => 0);
    const log = simulateSlates(world, {
      logs: made,
      decisions: 1500,
      random: createRandom(seed + 2),
    });
    const [loggingLogs, servingLogs] = [scoreSlates(log, made), scoreSlates(log, uniform)];
    const foreign = log.map(({ row, scores }, index) => ({
      row: { ...row, loggingLogs: loggingLogs[index]! },
      scores: { ...scores, logPolicy: servingLogs[index]! },
    }));
    const { selfCheck } = checkLogged(
      foreign.map(({ row }) => row),
      servingLogs,
    );
    expect(selfCheck).toMatchObject({ rows: foreign.length, leftOut: 0 });
    const gate = gateCandidate({
      rows: foreign,
      candidateLogs: scoreSlates(log, serving),
      predictedDifference: 0.02,
      limits: gateLimits,
    });
    const difference = truth - worthOf(uniform);
    for (const form of [gate.doublyRobust!, gate.censored!])
      expect(Math.abs(form.difference - difference)).toBeLessThan(3.5 * form.standardError);
  });
});
