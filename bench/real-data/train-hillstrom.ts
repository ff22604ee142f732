import type { LogEvaluation } from "../../src/analysis/off-policy/evaluate-log.ts";
import type { Guard } from "../../src/domain/gate-record.ts";
import type { PairedDifference, PairedInput } from "../../src/evaluation/feedback-pair.ts";
import { judgeMetric, loggedChange } from "../../src/evaluation/guard-metrics.ts";
import { pairedDifference } from "../../src/evaluation/paired-difference.ts";
import { createRandom, shuffle } from "../../src/numeric/random.ts";
import { createLinearHead, type LinearHead } from "../../src/policy/fast-loop/linear-head.ts";
import { always, evaluate } from "./hillstrom-log.ts";
import { targetOf } from "./memory-log.ts";
import { arms, type Customer, type Outcome } from "./read-hillstrom.ts";

/** Largest weight of a log in which each arm has 1/3: nothing is clipped. */
const weightClip = arms.length;
/** Of conversions, beside visits. */
const margin = 0.1;
const mens = 1;

/** The policy of one half, judged on the other beside the men's e-mail for all. */
export interface TrainedSeed {
  /** Of the other half's customers, by arm. */
  readonly shares: readonly number[];
  readonly outcomes: Readonly<
    Record<Outcome, { readonly trained: LogEvaluation; readonly paired: PairedDifference }>
  >;
  readonly guard: Guard;
}

/** An arm's reward on the features: the fast loop's regression, without forgetting. */
function fitArms(customers: readonly Customer[], outcome: Outcome): readonly LinearHead[] {
  const size = customers[0]!.features.length;
  const options = { size, priorPrecision: 1, forgetting: 1, noiseVariance: 0.1 };
  const heads = arms.map(() => createLinearHead(options));
  for (const { arm, features, outcome: found } of customers)
    heads[arm]!.update(features, found[outcome]);
  return heads;
}

function bestArm(heads: readonly LinearHead[], { features }: Customer): number {
  const predicted = heads.map((head) => head.predict(features));
  return predicted.indexOf(Math.max(...predicted));
}

const inputOf = (trained: LogEvaluation, serving: LogEvaluation): PairedInput => ({
  feedback: trained.arrays,
  predictions: trained.arrays.predictions,
  serving: serving.arrays,
  candidate: trained.arrays,
  weightClip,
});

/** @param learned the outcome that the policy learns to raise */
export async function measureTrained(
  customers: readonly Customer[],
  learned: Outcome,
  seed: number,
): Promise<TrainedSeed> {
  const mixed = shuffle([...customers], createRandom(seed).split("halves"));
  const half = mixed.length / 2;
  const [training, judged] = [mixed.slice(0, half), mixed.slice(half)];
  const heads = fitArms(training, learned);
  const choices = judged.map((one) => bestArm(heads, one));
  const policy = targetOf("trained", (row) => arms.map((_, arm) => (arm === choices[row] ? 1 : 0)));
  const judge = async (outcome: Outcome) => {
    const trained = await evaluate(judged, { outcome }, policy);
    const input = inputOf(trained, await evaluate(judged, { outcome }, always(mens)));
    return { trained, input, paired: pairedDifference(input) };
  };
  const [visit, conversion, spend] = [
    await judge("visit"),
    await judge("conversion"),
    await judge("spend"),
  ];
  const change = loggedChange(visit.input, conversion.input.feedback.rewards);
  const test = {
    name: "conversions",
    outcome: { type: "conversion" },
    margin,
    harm: "falls",
  } as const;
  return {
    shares: arms.map((_, arm) => choices.filter((one) => one === arm).length / choices.length),
    outcomes: { visit, conversion, spend },
    guard: judgeMetric(test, change, 1),
  };
}
