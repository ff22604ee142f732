import { type Preset, presetNames } from "../src/domain/preset.ts";
import type { Bench, Report } from "./bench.ts";
import {
  decide,
  type ExplainedShift,
  measureExplanations,
} from "./explanation/measure-explanations.ts";
import { openTrained } from "./policy-quality/measure-seed.ts";
import { openPolicyData, unlimited } from "./policy-quality/open-data.ts";
import { mean, median, percentile } from "./statistics.ts";

/** Share of the decisions whose own events shift more than the others of a draw. */
const shareAbove = (
  runs: readonly ExplainedShift[],
  own: (run: ExplainedShift) => number,
  other: (run: ExplainedShift) => number,
) => mean(runs.map((run) => (own(run) > other(run) ? 1 : 0)));

function show(report: Report, runs: readonly ExplainedShift[], seeds: readonly number[]): void {
  const rows = seeds.map((seed, draw) => ({
    seed,
    named: shareAbove(
      runs,
      ({ named }) => named,
      ({ random }) => random[draw]!,
    ),
    attention: shareAbove(
      runs,
      ({ byAttention }) => byAttention,
      ({ randomForAttention }) => randomForAttention[draw]!,
    ),
    random: mean(runs.map(({ random }) => random[draw]!)),
  }));
  report.table(
    ["seed of the draw", "named above others", "attention above others", "shift of others"],
    rows.map(({ seed, named, attention, random }) => [
      ...[`${seed}`, named.toFixed(3), attention.toFixed(3), random.toFixed(4)],
    ]),
  );
  report.figure(
    "of the decisions shift more without the named events, least of the seeds",
    Math.min(...rows.map(({ named }) => named)),
  );
  report.figure(
    "of the decisions shift more without the events of the largest attention",
    mean(rows.map(({ attention }) => attention)),
  );
  report.figure("mean shift without the named events", mean(runs.map(({ named }) => named)));
  report.figure(
    "mean shift without the events of the largest attention",
    mean(runs.map(({ byAttention }) => byAttention)),
  );
  report.figure("mean shift without other events", mean(rows.map(({ random }) => random)));
  const times = runs.map(({ ms }) => ms);
  report.figure("ms an explanation, median", median(times));
  report.figure("ms an explanation, p99", percentile(times, 0.99));
}

export const explanationBench: Bench<{
  readonly data: string;
  readonly decisions: number;
  readonly seeds: number;
  readonly preset: string;
  readonly minutes: number;
}> = {
  name: "explanation",
  description: "slates without the events that their explanations name, and without others",
  options: {
    data: "../shared/data/ml-100k",
    decisions: 300,
    seeds: 5,
    preset: "small",
    minutes: unlimited,
  },
  choices: { preset: presetNames },
  run: async ({ data: path, decisions: count, seeds: draws, preset, minutes }, report) => {
    const parts = await openPolicyData(report, {
      name: "explanation",
      path,
      minutes,
      preset: preset as Preset,
    });
    if (parts === undefined) return;
    const { store } = await openTrained(parts, 1);
    try {
      const users = parts.data.users.map(({ userId }) => userId);
      const decisions = await decide(store, users, count);
      const seeds = Array.from({ length: draws }, (_, index) => index + 1);
      const runs = await measureExplanations(store, decisions, seeds);
      const events = mean(runs.map((run) => run.events));
      report.note(
        `${runs.length} decisions of ${decisions.length}, ${events.toFixed(2)} events named in the mean, as many others drawn`,
      );
      show(report, runs, seeds);
    } finally {
      await store.close();
    }
  },
};
