import { describe, expect, test } from "vitest";
import {
  createSlateWorld,
  simulateSlates,
  slatePolicy,
  worthOfSlates,
} from "../../../tests/support/simulated-slates.ts";
import { cascadeDoublyRobust } from "../../evaluation/slates/slate-estimators.ts";
import { weighSlates } from "../../evaluation/slates/weigh-slates.ts";
import type { ExportedDecision } from "../../exchange/tables/exported-decision.ts";
import { createRandom } from "../../numeric/random.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import type { DecisionLog, LogRow } from "./decision-log.ts";
import { choosePopularity, evaluateLog } from "./evaluate-log.ts";
import type { LoggingPolicies } from "./logging-policies.ts";
import { type TargetPolicy, uniformTarget } from "./target-policy.ts";

const seed = 31;
const world = { ...createSlateWorld(12, 0.5), slateSize: 4 };
const { exploration } = world;
const ids = [...world.worth.keys()].map((item) => `i-${item}`);
const logging = slatePolicy(world, (share) => share);

/** Slates of 4 of 12 items as a log, with their true click probabilities unknown to the reward table. */
function simulateLog(decisions: number): { readonly log: DecisionLog; readonly rows: LogRow[] } {
  const random = createRandom(seed);
  const simulated = simulateSlates(world, { logs: logging, decisions, random });
  const rows: LogRow[] = [];
  let left: readonly string[] = ids;
  let decision = {} as ExportedDecision;
  for (const [index, { row }] of simulated.entries()) {
    if (row.position === 0) [left, decision] = [ids, { exploration } as ExportedDecision];
    const action = left[row.action]!;
    const { position, reward, propensity } = row;
    const of = { user: `u-${row.user}`, candidates: left, decision };
    rows.push({ line: index + 1, position, action, reward, propensity, ...of });
    left = left.filter((id) => id !== action);
  }
  const read = async function* () {
    yield* rows;
  };
  return { log: { file: "simulated", format: "simulated", read }, rows };
}

const ruleOf = (logs: Float64Array) => ({ policies: [logs.map(Math.exp)], exploration });
const known: LoggingPolicies = { rule: async () => ruleOf(logging), close: async () => {} };

const targetOf = (logs: Float64Array): TargetPolicy => ({
  name: "simulated",
  probabilities: ({ candidates }) => {
    const left = Float64Array.from(candidates, (id) => logs[ids.indexOf(id)]!);
    return positionProbabilities(left, [], exploration);
  },
  rule: () => ruleOf(logs),
  close: async () => {},
});

const truthOf = (logs: Float64Array) =>
  worthOfSlates(world, { logs, slates: 40_000, random: createRandom(seed + 1) });

describe("slates of 4 out of 12, whose true values are known", () => {
  const { log, rows } = simulateLog(4000);

  test.each([
    ["turns the order around", slatePolicy(world, (share) => -share)],
    ["surer of the same order", slatePolicy(world, (share) => 3 * share)],
    ["favours its first item", slatePolicy(world, (share, item) => (item === 0 ? 3 : -share))],
  ])(
    "a target that %s has its true value, by marginals and by the whole prefix",
    async (_, logs) => {
      const truth = truthOf(logs);
      const target = targetOf(logs);
      const marginals = await evaluateLog(log, async () => target, known);
      const prefix = await evaluateLog(log, async () => target);
      expect(marginals.log.slates).toEqual({ marginals: 4000, prefix: 0 });
      expect(prefix.log.slates).toEqual({ marginals: 0, prefix: 4000 });
      for (const { estimates, difference, logged } of [marginals, prefix]) {
        const dr = estimates.find(({ estimator }) => estimator === "dr")!;
        expect(Math.abs(dr.value - truth)).toBeLessThan(4 * dr.standardError);
        const change = truth - truthOf(logging);
        expect(Math.abs(difference.value - change)).toBeLessThan(4 * difference.standardError);
        expect(logged.value).toBeGreaterThan(0);
      }
      expect(marginals.difference.standardError).toBeLessThan(prefix.difference.standardError);
    },
  );

  test("uniform and popular targets are known for any slate; one by rows is judged by the prefix", async () => {
    const even = await evaluateLog(log, async () => uniformTarget, known);
    const dr = even.estimates.find(({ estimator }) => estimator === "dr")!;
    const truth = worthOfSlates(
      { ...world, exploration: 1 },
      { logs: logging, slates: 40_000, random: createRandom(seed + 2) },
    );
    expect(Math.abs(dr.value - truth)).toBeLessThan(4 * dr.standardError);
    const popular = await evaluateLog(log, choosePopularity, known);
    expect(popular.log.slates).toEqual({ marginals: 4000, prefix: 0 });
    const { rule: _, ...byRow } = targetOf(logging);
    const rowwise = await evaluateLog(log, async () => byRow, known);
    expect(rowwise.log.slates).toEqual({ marginals: 0, prefix: 4000 });
    expect(rowwise.diagnostics.largestWeight).toBeCloseTo(1, 9);
  });

  test("the prefix's doubly robust value is cascade-dr's", async () => {
    const logs = slatePolicy(world, (share) => 3 * share);
    const { arrays, estimates } = await evaluateLog(log, async () => targetOf(logs));
    const conditional = (prefixes: Float64Array) =>
      prefixes.map((p, row) => (rows[row]!.position === 0 ? p : p / prefixes[row - 1]!));
    const before = arrays.targetProbabilities.map((p, row) => p / arrays.propensities[row]!);
    const slates = weighSlates(
      {
        rewards: arrays.rewards,
        propensities: Float64Array.from(rows, ({ propensity }) => propensity),
        starts: Int32Array.from({ length: 4001 }, (_, slate) => 4 * slate),
      },
      {
        targetProbabilities: conditional(arrays.targetProbabilities),
        predictions: arrays.predictions,
        directValues: arrays.directValues.map((value, row) =>
          rows[row]!.position === 0 ? value : value / before[row - 1]!,
        ),
      },
    );
    const dr = estimates.find(({ estimator }) => estimator === "dr")!;
    expect(4 * dr.value).toBeCloseTo(cascadeDoublyRobust(slates)!.value, 10);
  });
});
