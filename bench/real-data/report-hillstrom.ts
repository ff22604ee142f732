import type { Report } from "../bench.ts";
import { mean } from "../statistics.ts";
import {
  type ArmCheck,
  checkedEstimators,
  checkHalves,
  checkSkewed,
  measureArm,
} from "./check-arms.ts";
import { arms, type Customer, type Outcome, outcomes, readHillstrom } from "./read-hillstrom.ts";
import { measureTrained, type TrainedSeed } from "./train-hillstrom.ts";

const percent = (share: number) => (100 * share).toFixed(1);
const four = (value: number) => value.toFixed(4);
/** As `check-arms` names the arm's own mean, then those of `recurve evaluate off-policy`. */
const estimators = ["mean of the arm's rows", ...checkedEstimators];

const pick = (checks: readonly ArmCheck[], name: string) =>
  checks.flatMap(({ estimates }) => estimates.filter(({ estimator }) => estimator === name));

const coverage = (checks: readonly ArmCheck[], name: string) =>
  mean(pick(checks, name).map(({ isCovered }) => (isCovered ? 1 : 0)));

async function repeat<T>(count: number, run: (seed: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let seed = 1; seed <= count; seed++) results.push(await run(seed));
  return results;
}

async function reportHalves(report: Report, customers: readonly Customer[], seeds: number) {
  const all: ArmCheck[] = [];
  const rows: string[][] = [];
  for (const outcome of outcomes) {
    const checks = (await repeat(seeds, (seed) => checkHalves(customers, outcome, seed))).flat();
    const means = arms.map((_, arm) => measureArm(customers, arm, outcome));
    const shown = means.map((one) => `${four(one.value)} ± ${four(one.standardError)}`);
    rows.push([outcome, ...shown, ...estimators.map((name) => percent(coverage(checks, name)))]);
    all.push(...checks);
  }
  report.note("\na uniform log of one half; % of the arms' means in the other half that it covers");
  report.table(["outcome a customer", ...arms, ...estimators], rows);
  report.figure(
    "% of the other half's means within dr's 95 %, uniform log",
    100 * coverage(all, "dr"),
  );
}

async function reportSkewed(report: Report, customers: readonly Customer[], logs: number) {
  const checks = (await repeat(logs, (seed) => checkSkewed(customers, "visit", seed))).flat();
  const value = (own: readonly ArmCheck[], name: string) =>
    four(mean(pick(own, name).map((one) => one.value)));
  report.note(`\n${logs} logs of 4,000 rows whose e-mail depends on the customer, visits`);
  report.table(
    ["always", "truth", ...estimators, ...estimators.map((name) => `% ${name}`), "% decided"],
    arms.map((arm, index) => {
      const own = checks.filter((one) => one.arm === index);
      return [
        ...[arm, four(mean(own.map(({ truth }) => truth)))],
        ...estimators.map((name) => value(own, name)),
        ...estimators.map((name) => percent(coverage(own, name))),
        percent(mean(own.map(({ decides }) => (decides ? 1 : 0)))),
      ];
    }),
  );
  report.figure("% of truths within dr's 95 %, skewed logs", 100 * coverage(checks, "dr"));
  report.figure(
    "% of truths within 95 % of the arm's own mean, skewed logs",
    100 * coverage(checks, estimators[0]!),
  );
}

function describeDifference(runs: readonly TrainedSeed[], outcome: Outcome): string {
  const paired = runs.map(({ outcomes: of }) => of[outcome].paired);
  const [difference, error] = [
    mean(paired.map((one) => one.difference)),
    mean(paired.map((one) => one.standardError)),
  ];
  const proven = paired.filter((one) => one.z > 1.96).length;
  const lost = paired.filter((one) => one.z < -1.96).length;
  return `${four(difference)} ± ${four(error)} (${proven}↑ ${lost}↓)`;
}

async function reportTrained(report: Report, customers: readonly Customer[], seeds: number) {
  const rows: string[][] = [];
  for (const learned of ["visit", "spend"] as const) {
    const runs = await repeat(seeds, (seed) => measureTrained(customers, learned, seed));
    const [guards, value] = [
      runs.map(({ guard }) => guard),
      (outcome: Outcome) => mean(runs.map(({ outcomes: of }) => of[outcome].trained.logged.value)),
    ];
    const decided = guards.filter(({ metric }) => metric?.isDecided === true);
    rows.push([
      learned,
      arms.map((_, arm) => percent(mean(runs.map(({ shares }) => shares[arm]!)))).join(" / "),
      ...outcomes.map((outcome) => describeDifference(runs, outcome)),
      `${guards.filter(({ passed }) => passed).length} / ${decided.length} / ${guards.length}`,
    ]);
    if (learned === "spend") continue;
    const visits = runs.map(({ outcomes: of }) => of.visit);
    report.note(`\nuniform log, visits: ${four(value("visit"))}`);
    report.figure(
      "visits a customer gained over the men's e-mail for all",
      mean(visits.map(({ paired }) => paired.difference)),
    );
    report.figure(
      "visits a customer gained over the uniform policy",
      mean(visits.map(({ trained }) => trained.difference.value)),
    );
  }
  report.note(
    `trained on one half, judged on the other, minus the men's e-mail for all; ± of one half, ↑ ↓ of ${seeds} seeds beyond 95 %`,
  );
  report.table(
    ["learned", "% none / men's / women's", ...outcomes, "guard passed / decided / seeds"],
    rows,
  );
}

export async function reportHillstrom(
  report: Report,
  folder: string,
  { seeds, logs }: { readonly seeds: number; readonly logs: number },
): Promise<void> {
  const customers = readHillstrom(folder);
  report.note(`\nHillstrom: ${customers.length} customers, one of three e-mails by lot`);
  await reportHalves(report, customers, seeds);
  await reportSkewed(report, customers, logs);
  await reportTrained(report, customers, seeds);
}
