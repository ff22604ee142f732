import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  comparePeerSample,
  comparePeerWeighted,
  isPeersOwn,
  type PeerSample,
  type PeerWeighted,
} from "../../../tests/golden/compare-intervals.ts";
import {
  expectPeerEstimate,
  type PeerEstimate,
  type PeerTuning,
} from "../../../tests/golden/estimator-golden.ts";
import { expectPeerTuning } from "../../../tests/golden/expect-tuning.ts";
import { findPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { expectClose } from "../../../tests/golden/read-golden.ts";
import { dataFolder } from "../../../tests/support/data-folder.ts";
import { diagnoseWeights } from "../diagnostics.ts";
import { weighFeedback } from "../logged-feedback.ts";
import { gatherTarget } from "../target-distributions.ts";
import { doublyRobust } from "./doubly-robust.ts";
import { inversePropensity } from "./inverse-propensity.ts";
import { selfNormalised } from "./self-normalised.ts";

/** items × positions */
type Table = readonly (readonly number[])[];

interface Expected {
  readonly diagnostics: Readonly<
    Record<"ess" | "max_weight" | "mean_weight" | "n_positive", number>
  >;
  readonly estimates: readonly PeerEstimate[];
  readonly snipw_delta_method: Readonly<
    Record<"value" | "standard_error" | "lower" | "upper", number>
  >;
  readonly tuning: { readonly expected: readonly PeerTuning[] };
  readonly intervals: {
    readonly ipw: readonly PeerSample[];
    readonly dr: readonly PeerSample[];
    readonly vw: readonly PeerWeighted[];
  };
}

interface Golden {
  readonly behavior_policy: string;
  readonly campaign: string;
  readonly log: Readonly<Record<"n_rounds" | "first_raw_index" | "last_raw_index", number>>;
  readonly regression_model: { readonly q_hat: Table };
  readonly targets: Readonly<Record<string, { readonly action_dist: Table }>>;
  readonly expected: Readonly<Record<string, Expected>>;
}

const data = join(dataFolder, "obd");
const goldens = ["random-men", "random-women", "bts-men", "bts-women"].flatMap((name) => {
  const golden = findPeerGolden<Golden>(`obd-${name}.json`);
  return golden && existsSync(data) ? [{ name, golden }] : [];
});

/** Estimates are clicks a round, about 0.005, so the tolerance is absolute; weights above 1,000 lose digits. */
const toleranceOf = ({ diagnostics }: Expected) => (diagnostics.max_weight > 1000 ? 1e-9 : 1e-11);

/** The first columns, none of which is quoted: number, timestamp, item_id, position, click, propensity_score. */
function readRounds({ behavior_policy, campaign, log }: Golden) {
  const path = resolve(data, behavior_policy, campaign, `${campaign}.csv`);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(1);
  return lines.slice(log.first_raw_index, log.last_raw_index + 1).map((line) => {
    const [, , item, position, click, propensity] = line.split(",", 6).map(Number);
    return { item: item!, position: position! - 1, click: click!, propensity: propensity! };
  });
}

function evaluated(rounds: ReturnType<typeof readRounds>, policy: Table, model: Table) {
  const spread = (table: Table) =>
    Float64Array.from(rounds.flatMap(({ position }) => table.map((row) => row[position]!)));
  return weighFeedback(
    {
      rewards: Float64Array.from(rounds, ({ click }) => click),
      propensities: Float64Array.from(rounds, ({ propensity }) => propensity),
    },
    gatherTarget(
      Int32Array.from(rounds, ({ item }) => item),
      { probabilities: spread(policy), predictions: spread(model) },
    ),
  );
}

describe.skipIf(goldens.length === 0)(
  "obp 0.5.5 on Open Bandit (needs RECURVE_GOLDEN and RECURVE_DATA)",
  () => {
    describe.each(goldens)("$name", ({ golden }) => {
      const rounds = readRounds(golden);
      test("has the rounds that the file is about", () => {
        expect(rounds).toHaveLength(golden.log.n_rounds);
      });

      test.each(Object.entries(golden.expected))(
        "%s: every estimate, delta method, diagnostic and tuning",
        (target, expected) => {
          const policy = golden.targets[target]!.action_dist;
          const feedback = evaluated(rounds, policy, golden.regression_model.q_hat);
          const tolerance = toleranceOf(expected);
          for (const estimate of expected.estimates) {
            if (estimate.quirk === undefined) expectPeerEstimate(estimate, feedback, tolerance);
          }
          for (const tuning of expected.tuning.expected)
            expectPeerTuning(tuning, feedback, tolerance);
          const { ess, max_weight, mean_weight, n_positive } = expected.diagnostics;
          const diagnostics = diagnoseWeights(feedback);
          expectClose(diagnostics.effectiveSampleSize, ess, tolerance);
          expectClose(diagnostics.largestWeight, max_weight, tolerance);
          expectClose(diagnostics.meanWeight, mean_weight, tolerance);
          expect(diagnostics.supportedRows).toBe(n_positive);
          const snips = selfNormalised.estimate(feedback);
          const delta = expected.snipw_delta_method;
          expectClose(snips?.value, delta.value, tolerance);
          expectClose(snips?.standardError, delta.standard_error, tolerance);
          expectClose(snips?.interval.lower, delta.lower, tolerance);
          expectClose(snips?.interval.upper, delta.upper, tolerance);
        },
      );

      test.each(Object.entries(golden.expected))("%s: every interval", (target, expected) => {
        const policy = golden.targets[target]!.action_dist;
        const feedback = evaluated(rounds, policy, golden.regression_model.q_hat);
        const { ipw, dr, vw } = expected.intervals;
        for (const [estimator, intervals] of [
          [inversePropensity, ipw],
          [doublyRobust, dr],
        ] as const) {
          const { contributions } = estimator.estimate(feedback)!;
          // A quantile of a bootstrap of 46 clicks jumps by whole clicks: no range of five seeds holds it.
          const compared = intervals
            .filter(({ kind }) => kind !== "bootstrap_percentile_range")
            .filter((one) => comparePeerSample(contributions, one));
          expect(compared.length).toBeGreaterThanOrEqual(4);
        }
        const likelihood = vw.filter(({ estimator, interval }) =>
          ["vw_cressieread", "vw_clopper_pearson", "vw_cs"].includes(interval ?? estimator ?? ""),
        );
        const left = likelihood.filter((one) => !comparePeerWeighted(feedback, one));
        expect(left.filter((one) => !isPeersOwn(feedback, one))).toEqual([]);
      });
    });
  },
);
