import type { Guard } from "../src/domain/gate-record.ts";
import type { GuardTest } from "../src/domain/guard-metric.ts";
import { decideTrial } from "../src/engine/learner/cycle/review-trial.ts";
import { judgeCandidate } from "../src/evaluation/gate.ts";
import {
  applyGuardMetrics,
  judgeMetric,
  liveChange,
  loggedChange,
} from "../src/evaluation/guard-metrics.ts";
import { compareLiveArms } from "../src/evaluation/live-difference.ts";
import { createRandom, type RandomStream } from "../src/numeric/random.ts";
import type { Bench, Report } from "./bench.ts";
import { simulateArms, simulateLogged } from "./guards/simulate-outcomes.ts";
import { mean } from "./statistics.ts";

const test: GuardTest = {
  name: "conversion",
  outcome: { type: "conversion" },
  margin: 0.05,
  harm: "falls",
};
const assignment = { serving: 1, canary: 2, canaryShare: 0.5 };
/** Reward of the candidate, which is to be promoted but for the guard. */
const lift = 0.1;

/** Ends of the runs. */
type End = "promoted" | "stopped" | "not enough data" | "reward undecided";

interface Run {
  readonly end: End;
  readonly standardError: number;
}

interface Case {
  readonly name: string;
  readonly change: number;
  readonly tests: number;
  readonly run: (change: number, tests: number, random: RandomStream) => Run;
}

const describe = (end: End, { metric }: Guard): Run => ({
  end,
  standardError: metric?.standardError ?? Number.NaN,
});

/** One look at a canary, as a cycle's review decides. */
const live =
  (conversions: number): Case["run"] =>
  (change, tests, random) => {
    const arms = simulateArms({ lift, change, conversions }, random);
    const { verdict } = compareLiveArms(arms.clicks);
    const guard = judgeMetric(test, liveChange(arms.conversions), tests);
    const action = decideTrial(verdict, { isOver: false, assignment, guards: [guard] });
    if (verdict !== "better") return describe("reward undecided", guard);
    if (action === "promote") return describe("promoted", guard);
    return describe(action === "lose" ? "stopped" : "not enough data", guard);
  };

/** The gate, off-policy. */
const logged =
  (users: number): Case["run"] =>
  (change, tests, random) => {
    const { input, outcomes } = simulateLogged({ lift, change, users }, random);
    const gate = judgeCandidate(input);
    const guard = judgeMetric(test, loggedChange(input, outcomes), tests);
    if (gate.verdict !== "promote") return describe("reward undecided", guard);
    const { verdict } = applyGuardMetrics(gate, [guard]);
    if (verdict === "promote") return describe("promoted", guard);
    return describe(verdict === "hold" ? "stopped" : "not enough data", guard);
  };

const enough = 5400;
const cases: readonly Case[] = [
  { name: "live, conversions fall by 5 %", change: -0.05, tests: 1, run: live(enough) },
  { name: "live, conversions as before", change: 0, tests: 1, run: live(enough) },
  { name: "live, conversions rise by 5 %", change: 0.05, tests: 1, run: live(enough) },
  { name: "live, fall by 10 %", change: -0.1, tests: 1, run: live(enough) },
  { name: "live, as before, 2,000 conversions", change: 0, tests: 1, run: live(2000) },
  { name: "live, fall by 5 %, 10 tests", change: -0.05, tests: 10, run: live(2 * enough) },
  { name: "live, as before, 10 tests", change: 0, tests: 10, run: live(2 * enough) },
  { name: "gate, conversions fall by 5 %", change: -0.05, tests: 1, run: logged(700) },
  { name: "gate, conversions as before", change: 0, tests: 1, run: logged(700) },
];

function measure(one: Case, { runs, seed }: { readonly runs: number; readonly seed: number }) {
  const random = createRandom(seed).split(one.name);
  const found = Array.from({ length: runs }, (_, index) =>
    one.run(one.change, one.tests, random.split(index)),
  );
  // Rewards that are not proven yet promote nothing, whatever the guard says.
  const proven = found.filter(({ end }) => end !== "reward undecided");
  const share = (end: End) =>
    (100 * proven.filter((run) => run.end === end).length) / proven.length;
  return {
    proven: (100 * proven.length) / runs,
    standardError: mean(found.map(({ standardError }) => standardError)),
    promoted: share("promoted"),
    stopped: share("stopped"),
    open: share("not enough data"),
  };
}

function show(report: Report, options: { readonly runs: number; readonly seed: number }): void {
  const measured = cases.map((one) => ({ ...one, ...measure(one, options) }));
  const percent = (value: number) => `${value.toFixed(1)} %`;
  report.table(
    ["candidate, clicks 10 % better", "reward proven", "s.e.", "promoted", "stopped", "no data"],
    measured.map((one) => [
      ...[one.name, percent(one.proven), percent(100 * one.standardError)],
      ...[one.promoted, one.stopped, one.open].map(percent),
    ]),
  );
  const of = (change: number, within: (name: string) => boolean) =>
    measured.filter((one) => one.change === change && within(one.name));
  const isDecided = (name: string) => !name.includes("2,000");
  report.figure(
    "% of promotions whose guard metric falls by its margin stopped",
    Math.min(...of(-0.05, isDecided).map(({ stopped }) => stopped)),
  );
  report.figure(
    "% of promotions whose guard metric stays stopped",
    Math.max(...of(0, isDecided).map(({ stopped, open }) => stopped + open)),
  );
  report.figure(
    "% of promotions without the data to decide that wait",
    Math.min(...measured.filter(({ name }) => !isDecided(name)).map(({ open }) => open)),
  );
  report.figure(
    "% standard error of the guard metric, largest",
    Math.max(
      ...measured.filter(({ name }) => isDecided(name)).map((one) => 100 * one.standardError),
    ),
  );
}

export const guardsBench: Bench<{ runs: number; seed: number }> = {
  name: "guards",
  description: "guard metrics against promotions of policies that are 10 % better",
  options: { runs: 1000, seed: 90_210 },
  async run(options, report) {
    show(report, options);
  },
};
