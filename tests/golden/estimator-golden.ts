import type { Estimate } from "../../src/evaluation/estimate.ts";
import type { Estimator } from "../../src/evaluation/estimators/estimator.ts";
import type { EvaluatedFeedback } from "../../src/evaluation/estimators/evaluated-feedback.ts";
import { getEstimator } from "../../src/evaluation/estimators/registry.ts";
import { expectClose } from "./read-golden.ts";

/** JSON has no infinities and NaN: they are texts that `Number` reads. */
export type GoldenNumber = number | "Infinity" | "-Infinity" | "NaN";

/** What a file states of the rows' contributions, to catch a wrong order or spread. */
type GoldenRound = Readonly<
  Record<"n" | "mean" | "var" | "var_pop" | "min" | "max" | "index_weighted_mean", GoldenNumber>
> & {
  readonly head: readonly GoldenNumber[];
};

export interface PeerEstimate {
  readonly estimator: string;
  readonly params: Readonly<{ lambda?: GoldenNumber; tau?: GoldenNumber; weights?: string }>;
  readonly value: GoldenNumber;
  /** OBP divides 0 by 0 here. */
  readonly quirk?: string;
  readonly round?: GoldenRound;
}

/** What Open Bandit Pipeline calls our estimators. */
const names: Readonly<Record<string, string>> = {
  rm: "replay",
  ipw: "ips",
  snipw: "snips",
  "sg-ipw": "sg-ips",
  "b-ipw": "b-ips",
  "dr-os": "dros",
};

export const findByPeerName = (name: string): Estimator => getEstimator(names[name] ?? name);

function summariseRound(values: Float64Array): GoldenRound {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    n,
    mean,
    var: squares / (n - 1),
    var_pop: squares / n,
    min: values.reduce((least, value) => Math.min(least, value)),
    max: values.reduce((most, value) => Math.max(most, value)),
    index_weighted_mean: values.reduce((sum, value, row) => sum + (row + 1) * value, 0) / n,
    head: [...values.slice(0, 6)],
  };
}

export function estimateByPeerName(
  golden: PeerEstimate,
  feedback: EvaluatedFeedback,
): Estimate | undefined {
  const { lambda, tau } = golden.params;
  const parameter = lambda ?? tau;
  return findByPeerName(golden.estimator).estimate(
    feedback,
    parameter === undefined ? {} : { parameter: Number(parameter) },
  );
}

/** The value of an estimate and all that its file says of its rows, within the tolerance. */
export function expectPeerEstimate(
  golden: PeerEstimate,
  feedback: EvaluatedFeedback,
  tolerance: number,
): void {
  const estimate = estimateByPeerName(golden, feedback);
  expectClose(estimate?.value, Number(golden.value), tolerance);
  if (golden.round === undefined || estimate === undefined) return;
  const { head, ...numbers } = summariseRound(estimate.contributions);
  for (const [key, value] of Object.entries(numbers)) {
    expectClose(Number(value), Number(golden.round[key as keyof typeof numbers]), tolerance);
  }
  for (const [row, value] of golden.round.head.entries()) {
    expectClose(Number(head[row]), Number(value), tolerance);
  }
}

export interface PeerTuning {
  readonly estimator: string;
  readonly params: Readonly<{
    tuning_method: "slope" | "mse";
    delta: number;
    use_bias_upper_bound?: boolean;
  }>;
  readonly selected: GoldenNumber;
  readonly value: number;
  /** Where several values of the parameter tie, any of them will do. */
  readonly lambdas_with_same_estimate?: readonly GoldenNumber[];
  readonly candidates_in_obp_order: readonly Readonly<{
    lambda: GoldenNumber;
    estimate: number;
    cnf?: number;
    mse?: number;
  }>[];
}
