import Table from "cli-table3";
import {
  concludeRanking,
  type RankingEvaluation,
  type RankingProgress,
} from "../../analysis/ranking/evaluate-ranking.ts";
import type { MeanOverUsers } from "../../domain/first-slates.ts";
import { formatSeconds, formatShareToTenth, formatWhole } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";

function tableRankers({ ranked, k }: RankingEvaluation): string {
  const table = new Table({
    head: [
      ...["ranker", `HR@${k}`, `NDCG@${k}`, "± s.e.", `MRR@${k}`],
      ...["coverage", "novelty", "diversity", "Gini"],
    ],
    colAligns: ["left", ...Array.from({ length: 8 }, () => "right" as const)],
    style: plain,
  });
  const mean = ({ mean }: MeanOverUsers) => mean.toFixed(4);
  for (const { ranker, quality } of ranked) {
    const { accuracy, coverage, novelty, diversity, gini } = quality;
    table.push([
      ...[ranker, mean(accuracy.hitRate), mean(accuracy.ndcg)],
      ...[accuracy.ndcg.standardError.toFixed(4), mean(accuracy.reciprocalRank)],
      ...[formatShareToTenth(coverage), novelty.toFixed(2)],
      // A list of one item has no pairs.
      ...[Number.isNaN(diversity) ? "–" : diversity.toFixed(3), gini.toFixed(3)],
    ]);
  }
  return table.toString();
}

const protocolNotes = {
  "leave-one-out":
    "Leave-one-out trains on what others did after a test item; --protocol time-split does not.",
  "time-split":
    "One time divides training and test for all; figures are not those of leave-one-out.",
};

/** Data, protocol, one table, and conclusions in words. */
export function describeRanking(evaluation: RankingEvaluation): string {
  const { data, protocol, ranked, skipped, testUsers, trainingInteractions } = evaluation;
  const chosen = ranked.filter(({ settings }) => settings !== "");
  const width = Math.max(12, ...chosen.map(({ ranker }) => ranker.length));
  return [
    `data      ${data.name}: ${data.form}; ${formatWhole(data.users)} users, ${formatWhole(data.items)} items, ${formatWhole(data.interactions)} interactions`,
    ...data.notes.map((note) => `          ${note}`),
    `protocol  ${protocol}; ${formatWhole(trainingInteractions)} interactions to train on, ${formatWhole(testUsers)} users tested, seed ${evaluation.seed}`,
    `ranked    all ${formatWhole(data.items)} items but those that a user has seen`,
    "",
    tableRankers(evaluation),
    "",
    "settings  (the best of those tried, on the validation items)",
    ...chosen.map(({ ranker, settings }) => `  ${ranker.padEnd(width)} ${settings}`),
    ...skipped.map(({ ranker, reason }) => `  ${ranker.padEnd(width)} left out: ${reason}`),
    "",
    protocolNotes[protocol],
    ...concludeRanking(evaluation),
  ].join("\n");
}

/** `95 s`, `12 min`, `3.5 h`. */
export function describeRankingProgress(progress: RankingProgress): string {
  switch (progress.stage) {
    case "baseline":
      return `baseline ${progress.fit} of ${progress.fits}: ${progress.ranker} ${progress.settings}`;
    case "start":
      return `Transformer: ${formatWhole(progress.parameters)} parameters, training takes about ${formatWhole(Math.ceil(progress.memoryBytes / 1e6))} MB more`;
    case "epoch": {
      const { epoch, epochs, loss, metric, bestMetric, secondsLeft } = progress;
      const best = bestMetric === undefined ? "" : `, best ${bestMetric.toFixed(4)}`;
      const validated =
        metric === undefined ? best : `, validation NDCG ${metric.toFixed(4)}${best}`;
      return `epoch ${epoch} of ${epochs}: loss ${loss.toFixed(3)}${validated}; at most ${formatSeconds(secondsLeft)} left`;
    }
    case "pool":
      return "Transformer with Markov: the best λ on the validation items";
    default:
      throw new RangeError(`no stage ${String(progress satisfies never)}`);
  }
}
