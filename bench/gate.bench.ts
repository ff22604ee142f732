import { type Verdict, verdicts } from "../src/domain/cycle-outcome.ts";
import { type GateInput, judgeCandidate } from "../src/evaluation/gate.ts";
import { createRandom, type RandomStream } from "../src/numeric/random.ts";
import { type GateWorld, simulateGate } from "../tests/support/simulated-gate.ts";
import { type SkewedWorld, simulateSkewedGate } from "../tests/support/skewed-gate.ts";
import type { Bench, Report } from "./bench.ts";
import { judgeArms } from "./gate/judge-arms.ts";
import { judgeSlates } from "./gate/judge-slates.ts";
import { showTimeToDetection } from "./gate/time-to-detection.ts";
import { watchCanaries } from "./gate/watch-canaries.ts";
import { watchPromotions } from "./gate/watch-promotions.ts";

/** ESS/n = 0.25. */
const longStep = [0.69, 0.1, 0.06, 0.04, 0.04, 0.03, 0.02, 0.02];

interface Case {
  readonly name: string;
  readonly draw: (random: RandomStream) => GateInput;
}

const even =
  (world: GateWorld): Case["draw"] =>
  (random) =>
    simulateGate(world, random);
const skewedBy =
  (world: SkewedWorld): Case["draw"] =>
  (random) =>
    simulateSkewedGate(world, random);

/** What a case is to show: each is one figure, the worst over its cases. */
interface Question {
  readonly metric: string;
  readonly verdict: Verdict;
  readonly worst: (...shares: number[]) => number;
  readonly cases: readonly Case[];
}

const equal: readonly Case[] = [
  { name: "no better, 20 users", draw: even({ users: 20, lift: 0 }) },
  { name: "no better, 120 users", draw: even({ users: 120, lift: 0 }) },
  { name: "no better, 1,000 users", draw: even({ users: 1000, lift: 0 }) },
  { name: "no better, ESS/n 0.25", draw: even({ users: 120, lift: 0, step: longStep }) },
  {
    name: "no better, a third beyond the clip",
    draw: even({ users: 120, lift: 0, step: longStep, weightClip: 3 }),
  },
];
/** The serving policy explores little, and the other outcome is rare. */
const skewed: readonly Case[] = [
  {
    name: "no better, losses of 2 %, 1,000 rows",
    draw: skewedBy({ rows: 1000, exploration: 0.1, moved: 0.1, loss: 0.02 }),
  },
  {
    name: "no better, losses of 2 %, 5,000 rows",
    draw: skewedBy({ rows: 5000, exploration: 0.03, moved: 0.03, loss: 0.02 }),
  },
  {
    name: "no better, rewards of 2 %, 5,000 rows",
    draw: skewedBy({ rows: 5000, exploration: 0.1, moved: 0.1, loss: 0.98 }),
  },
  {
    name: "twice the losses, of 2 %, 1,000 rows",
    draw: skewedBy({ rows: 1000, exploration: 0.1, moved: 0.1, loss: 0.02, lossRatio: 2 }),
  },
];
const harmful: readonly Case[] = [
  { name: "10 % worse, 20 users", draw: even({ users: 20, lift: -0.1 }) },
  { name: "10 % worse, 120 users", draw: even({ users: 120, lift: -0.1 }) },
  {
    name: "10 % worse, a third beyond the clip",
    draw: even({ users: 120, lift: -0.1, step: longStep, weightClip: 3 }),
  },
];
const better: readonly Case[] = [
  { name: "10 % better, 1,000 users", draw: even({ users: 1000, lift: 0.1 }) },
  {
    name: "10 % better, 2,500 users, a third beyond the clip",
    draw: even({ users: 2500, lift: 0.1, step: longStep, weightClip: 3 }),
  },
];

const questions: readonly Question[] = [
  {
    metric: "% of candidates that are no better promoted in full",
    verdict: "promote",
    worst: Math.max,
    cases: equal,
  },
  {
    metric: "% of candidates that are no better sent to a canary",
    verdict: "canary",
    worst: Math.max,
    cases: equal,
  },
  {
    metric: "% of candidates that are 10 % worse promoted in full",
    verdict: "promote",
    worst: Math.max,
    cases: harmful,
  },
  {
    metric: "% of candidates that are no better or worse promoted in full on skewed rewards",
    verdict: "promote",
    worst: Math.max,
    cases: skewed,
  },
  {
    metric: "% of candidates that are 10 % better promoted in full",
    verdict: "promote",
    worst: Math.min,
    cases: better,
  },
];

type Shares = Readonly<Record<Verdict, number>>;

/** Per cent of the simulated gates that ended in each verdict. */
function measure(
  { name, draw }: Case,
  { gates, seed }: { readonly gates: number; readonly seed: number },
): Shares {
  const random = createRandom(seed).split(name);
  const shares = { promote: 0, canary: 0, hold: 0, "not-enough-data": 0 };
  for (let gate = 0; gate < gates; gate++) {
    shares[judgeCandidate(draw(random)).verdict] += 100 / gates;
  }
  return shares;
}

function show(report: Report, measured: ReadonlyMap<Case, Shares>): void {
  report.table(
    ["candidate", ...verdicts],
    [...measured].map(([{ name }, shares]) => [
      name,
      ...verdicts.map((verdict) => `${shares[verdict].toFixed(1)} %`),
    ]),
  );
  for (const { metric, verdict, worst, cases } of questions) {
    report.figure(metric, worst(...cases.map((one) => measured.get(one)?.[verdict] ?? Number.NaN)));
  }
}

export const gateBench: Bench<{
  gates: number;
  slates: number;
  arms: number;
  promotions: number;
  seed: number;
}> = {
  name: "gate",
  description:
    "verdicts of the gate, and of live tests of canaries and promotions, where the true lift is known",
  options: { gates: 2000, slates: 40, arms: 400, promotions: 1000, seed: 90_210 },
  async run(options, report) {
    const cases = [...equal, ...skewed, ...harmful, ...better];
    show(report, new Map(cases.map((one) => [one, measure(one, options)])));
    judgeSlates(report, options);
    judgeArms(report, options);
    watchPromotions(report, options);
    watchCanaries(report, options);
    showTimeToDetection(report);
  },
};
