import Table from "cli-table3";
import {
  concludeRanking,
  type RankingEvaluation,
  type RankingProgress,
} from "../../analysis/ranking/evaluate-ranking.ts";
import type { MeanOverUsers } from "../../domain/first-slates.ts";
import { describeDuration } from "../timed-line.ts";

const plain = { head: [], border: [], compact: true };
const group = (count: number) => count.toLocaleString("en-GB");

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
      ...[`${(100 * coverage).toFixed(1)} %`, novelty.toFixed(2)],
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
    `data      ${data.name}: ${data.form}; ${group(data.users)} users, ${group(data.items)} items, ${group(data.interactions)} interactions`,
    ...data.notes.map((note) => `          ${note}`),
    `protocol  ${protocol}; ${group(trainingInteractions)} interactions to train on, ${group(testUsers)} users tested, seed ${evaluation.seed}`,
    `ranked    all ${group(data.items)} items but those that a user has seen`,
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
      return `Transformer: ${group(progress.parameters)} parameters, training takes about ${group(Math.ceil(progress.memoryBytes / 1e6))} MB more; first epoch`;
    case "epoch": {
      const { epoch, epochs, loss, metric, bestMetric, secondsLeft } = progress;
      const best = bestMetric === undefined ? "" : `, best ${bestMetric.toFixed(4)}`;
      const validated =
        metric === undefined ? best : `, validation NDCG ${metric.toFixed(4)}${best}`;
      return `epoch ${epoch} of ${epochs}: loss ${loss.toFixed(3)}${validated}; at most ${describeDuration(secondsLeft)} left`;
    }
    case "pool":
      return "Transformer with Markov: the best λ on the validation items";
    default:
      throw new RangeError(`no stage ${String(progress satisfies never)}`);
  }
}
