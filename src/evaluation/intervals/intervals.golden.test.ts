import { describe, expect, test } from "vitest";
import {
  comparePeerSample,
  comparePeerWeighted,
  expectEnds,
  isPeersOwn,
  type PeerSample,
  type PeerWeighted,
} from "../../../tests/golden/compare-intervals.ts";
import { getPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { expectClose } from "../../../tests/golden/read-golden.ts";
import { betaQuantile, studentQuantile } from "../../numeric/beta.ts";
import { logGamma, logLowerGamma } from "../../numeric/gamma.ts";
import { clopperPearsonInterval } from "./clopper-pearson.ts";

interface WeightedCase {
  readonly name: string;
  readonly p_log: number[];
  readonly p_pred: number[];
  readonly reward: number[];
  readonly expected: PeerWeighted[];
}

const golden = getPeerGolden<{
  sample_cases: { name: string; samples: number[]; expected: PeerSample[] }[];
  weighted_cases: WeightedCase[];
  clopper_pearson: { successes: number; n: number; alpha: number; value: [number, number] }[];
  quantiles: Record<
    "t_ppf" | "f_isf_dfn1" | "gammainc" | "loggamma" | "beta_ppf",
    [number, number, number, number][]
  >;
}>("intervals.json");

describe("SciPy 1.15.3", () => {
  test("quantiles of t, F and beta agree to 1e-10", () => {
    const { t_ppf, f_isf_dfn1, beta_ppf } = golden.quantiles;
    for (const [p, df, value] of t_ppf) expectClose(studentQuantile(p, df) / value, 1, 1e-10);
    for (const [p, a, b, value] of beta_ppf) expectClose(betaQuantile(p, a, b) / value, 1, 1e-10);
    for (const [alpha, df, value] of f_isf_dfn1) {
      expectClose(studentQuantile(1 - alpha / 2, df) ** 2 / value, 1, 1e-10);
    }
  });

  test("the incomplete gamma function and ln Γ agree to 1e-11", () => {
    const { gammainc, loggamma } = golden.quantiles;
    for (const [a, x, value] of gammainc) {
      expectClose(Math.exp(logLowerGamma(a, x) - logGamma(a)), value, 1e-11);
    }
    for (const [x, value] of loggamma) expectClose(logGamma(x), value, 1e-11);
  });

  test("Clopper–Pearson agrees to 1e-10", () => {
    for (const { successes, n, alpha, value } of golden.clopper_pearson) {
      const interval = clopperPearsonInterval({ successes, trials: n, level: 1 - alpha });
      expectEnds(interval, { lower: value[0], upper: value[1] }, 1e-10);
    }
  });
});

describe.each(golden.sample_cases)("obp, scope-rl and NumPy on $name", (one) => {
  test("normal, t, Hoeffding, empirical Bernstein and bootstrap agree to 1e-8", () => {
    const values = Float64Array.from(one.samples);
    const compared = one.expected.filter((expected) => comparePeerSample(values, expected));
    // Peers bound negative samples, and nothing but zeros, by [0, max]: ours refuse such bounds.
    expect(compared.length).toBeGreaterThanOrEqual(8);
  });
});

function weigh({ p_log, p_pred, reward }: WeightedCase) {
  const importanceWeights = Float64Array.from(p_pred, (p, row) => p / p_log[row]!);
  return { rewards: Float64Array.from(reward), importanceWeights };
}

describe.each(golden.weighted_cases)("vw-estimators 0.2.2 on $name", (one) => {
  const numbers = (name: string) =>
    one.expected.filter(({ estimator, interval }) => estimator === name || interval === name);

  test.each(["vw_cressieread", "vw_clopper_pearson", "vw_cs"])("%s agrees", (name) => {
    const log = weigh(one);
    const left = numbers(name).filter((expected) => !comparePeerWeighted(log, expected));
    expect(left.filter((expected) => !isPeersOwn(log, expected))).toEqual([]);
  });
});
