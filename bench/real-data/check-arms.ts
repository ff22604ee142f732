import { conclude } from "../../src/analysis/off-policy/conclude.ts";
import { createRandom, type RandomStream, shuffle } from "../../src/numeric/random.ts";
import { mean, standardError } from "../statistics.ts";
import { always, evaluate, type LoggingPolicy } from "./hillstrom-log.ts";
import { arms, type Customer, type Outcome } from "./read-hillstrom.ts";

/** What the experiment found for an arm: the mean of the customers who got it. */
export function measureArm(customers: readonly Customer[], arm: number, outcome: Outcome) {
  const values = customers.flatMap((one) => (one.arm === arm ? one.outcome[outcome] : []));
  return { value: mean(values), standardError: standardError(values) };
}

export const checkedEstimators = ["ips", "snips", "dr"] as const;

/** Estimates of one arm, and whether each is within 1.96 standard errors of a mean that it has not seen. */
export interface ArmCheck {
  readonly arm: number;
  readonly truth: number;
  readonly decides: boolean;
  readonly estimates: readonly {
    readonly estimator: string;
    readonly value: number;
    readonly standardError: number;
    readonly isCovered: boolean;
  }[];
}

type Found = { readonly value: number; readonly standardError: number };

const covers = (one: Found, other: Found) =>
  Math.abs(one.value - other.value) <= 1.96 * Math.hypot(one.standardError, other.standardError);

/** @param parts the log, and customers outside it whose means are the truth */
async function checkArm(
  arm: number,
  outcome: Outcome,
  parts: {
    readonly log: readonly Customer[];
    readonly rest: readonly Customer[];
    readonly logging?: LoggingPolicy;
  },
): Promise<ArmCheck> {
  const { log, rest, ...logging } = parts;
  const evaluation = await evaluate(log, { outcome, ...logging }, always(arm));
  const truth = measureArm(rest, arm, outcome);
  const known = log.filter((one) => one.arm === arm);
  const naive = { estimator: "mean of the arm's rows", ...measureArm(known, arm, outcome) };
  const found = evaluation.estimates.filter(({ estimator }) =>
    checkedEstimators.some((one) => one === estimator),
  );
  return {
    arm,
    truth: truth.value,
    decides: conclude(evaluation).decides,
    estimates: [naive, ...found].map(({ estimator, ...one }) => ({
      estimator,
      value: one.value,
      standardError: one.standardError,
      isCovered: covers(one, truth),
    })),
  };
}

/** Estimates on a half of the customers, against the arms' means in the other half. */
export async function checkHalves(
  customers: readonly Customer[],
  outcome: Outcome,
  seed: number,
): Promise<readonly ArmCheck[]> {
  const mixed = shuffle([...customers], createRandom(seed).split("halves"));
  const half = mixed.length / 2;
  const parts = { log: mixed.slice(0, half), rest: mixed.slice(half) };
  const checks: ArmCheck[] = [];
  for (const arm of arms.keys()) checks.push(await checkArm(arm, outcome, parts));
  return checks;
}

const skewedRows = 4000;
const [favoured, other] = [0.8, 0.1];

/** Women's e-mail for buyers of women's goods alone, men's for the other single buyers, none for buyers of both. */
const skewed: LoggingPolicy = ({ mens, womens }) => {
  const best = mens && womens ? 0 : mens ? 1 : 2;
  return arms.map((_, arm) => (arm === best ? favoured : other));
};

/** Rows as the skewed policy would have logged them: each is kept with probability p(arm)/0.8 (Li et al. 2011). */
function drawSkewed(customers: readonly Customer[], random: RandomStream) {
  const [log, rest]: [Customer[], Customer[]] = [[], []];
  for (const one of shuffle([...customers], random)) {
    const isKept = log.length < skewedRows && random.uniform() < skewed(one)[one.arm]! / favoured;
    if (log.length === skewedRows) rest.push(one);
    else if (isKept) log.push(one);
  }
  return { log, rest };
}

/** The same with a log whose e-mails depend on what customers buy, which the arm's own mean mistakes for the e-mail's work. */
export async function checkSkewed(
  customers: readonly Customer[],
  outcome: Outcome,
  seed: number,
): Promise<readonly ArmCheck[]> {
  const parts = drawSkewed(customers, createRandom(seed).split("skewed"));
  const checks: ArmCheck[] = [];
  for (const arm of arms.keys())
    checks.push(await checkArm(arm, outcome, { ...parts, logging: skewed }));
  return checks;
}
