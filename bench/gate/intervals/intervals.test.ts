import { expect, test } from "vitest";
import type { GateRecord } from "../../../src/domain/gate-record.ts";
import { examination } from "../../../src/lab/worlds/synthetic-truth.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { sampleSlate } from "../../../src/policy/slate.ts";
import { mean, standardError } from "../../statistics.ts";
import type { JudgedCandidate } from "./judged.ts";
import { coverageOf, shownLifts, slopeOf } from "./summary.ts";
import { valueTruly } from "./true-values.ts";

const slateSize = 3;
const exploration = 0.1;

test("the true value is the mean of what slates earn that are drawn as they are served", () => {
  const random = createRandom(29);
  const states = Array.from({ length: 300 }, () => ({
    appeals: Float64Array.from({ length: 12 }, () => random.uniform()),
    exploration,
  }));
  const logs = states.map(({ appeals }) => {
    const weights = appeals.map((one) => Math.exp(3 * one));
    const total = weights.reduce((sum, one) => sum + one, 0);
    return weights.map((one) => Math.log(one / total));
  });
  const earned = states.flatMap(({ appeals }, index) =>
    Array.from({ length: 20 }, () => {
      const { order } = sampleSlate({ logits: logs[index]!, slateSize, exploration, random });
      return mean(order.map((item, position) => examination(position) * appeals[item]!));
    }),
  );
  const difference = valueTruly(states, logs, slateSize) - mean(earned);
  expect(Math.abs(difference)).toBeLessThan(4 * standardError(earned));
});

const judge = (truth: number, difference: number, error: number): JudgedCandidate => ({
  name: "leap",
  truth,
  served: truth,
  value: 0.5,
  judged: [difference, error],
});

test("coverage counts both misses, and logs are its clusters", () => {
  const logs = [
    [judge(0.1, 0.1, 0.01), judge(0.2, 0.1, 0.01)],
    [judge(0.1, 0.2, 0.01), judge(0.1, Number.NaN, 0.01)],
    [judge(0.1, 0.11, 0.01)],
  ];
  const found = coverageOf(logs);
  expect(found).toMatchObject({ value: 0.5, judged: 4, logs: 3, below: 1, above: 1 });
  // Sums about the mean: 0, −0.5, 0.5.
  expect(found.standardError).toBeCloseTo(Math.sqrt(1.5 * 0.5) / 4, 12);
});

const gated = (verdict: GateRecord["verdict"], truth: number, relativeLift: number) => {
  const difference = relativeLift / 2;
  const interval = [difference - 0.2, difference + 0.2] as const;
  const gate = { verdict, reason: "", rows: 100, guards: [], difference, relativeLift, interval };
  return { ...judge(truth, difference, 0.1), gate: { ...gate, standardError: 0.1 } };
};

test("lifts are shown of promotions and canaries, and true ones rise with theirs by the slope", () => {
  const log = (...gates: Parameters<typeof gated>) => [judge(0.1, 0.1, 0.01), gated(...gates)];
  const logs = [log("promote", 0.2, 0.6), log("hold", 0.05, 0.5), log("canary", 0.1, 0.4)];
  const shown = shownLifts({ logs, trueModelErrors: [] });
  expect(shown).toMatchObject([
    // With the usual spread of 20 % and an error of 20 % half of the lift is shown.
    { verdict: "promote", truth: 0.4, judged: 0.6, shown: expect.closeTo(0.3, 12) },
    { verdict: "canary", truth: 0.2, judged: 0.4 },
  ]);
  const [first, second] = shown.map((one) => one.shown);
  expect(slopeOf([shown], (one) => one.shown).value).toBeCloseTo(0.2 / (first! - second!), 12);
});
