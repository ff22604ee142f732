import Table from "cli-table3";
import { Command } from "commander";
import { evaluateRatings, type RatedBy } from "../../analysis/ratings/evaluate-ratings.ts";
import { type RatingData, readRatings } from "../../analysis/ratings/read-ratings.ts";
import { learnerSeed } from "../../host/learner-settings.ts";
import { formatWhole } from "../../numeric/format.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { integerIn } from "../parse-options.ts";
import { plain } from "../table-style.ts";
import { createTimedLine } from "../timed-line.ts";

interface RatingsOptions {
  readonly data: string;
  readonly seed: number;
  readonly json: boolean;
}

function tableErrors(rated: readonly RatedBy[]): string {
  const table = new Table({
    head: ["predictor", "RMSE", "± s.e.", "MAE", "settings"],
    colAligns: ["left", "right", "right", "right", "left"],
    style: plain,
  });
  for (const { predictor, rmse, rmseStandardError, mae, settings } of rated) {
    const chosen = settings && `d ${settings.width}, λ ${settings.regularisation}`;
    const figures = [rmse, rmseStandardError, mae].map((figure) => figure.toFixed(4));
    table.push([predictor, ...figures, chosen ?? ""]);
  }
  return table.toString();
}

const describeData = ({ name, form, ratings, users, items, replaced, refused }: RatingData) => [
  `data      ${name}: ${form}; ${formatWhole(users.length)} users, ${formatWhole(items.length)} items, ${formatWhole(ratings.length)} ratings`,
  ...(replaced > 0 ? [`          ${formatWhole(replaced)} were replaced by a later one`] : []),
  ...(refused > 0
    ? [`          ${formatWhole(refused)} rows were refused; recurve import shows the reasons`]
    : []),
];

async function describeRatings(
  { data: path, seed, json }: RatingsOptions,
  signal: AbortSignal,
): Promise<string> {
  exitWhenAborted(signal);
  const data = await readRatings(path, { now: Date.now(), signal });
  const work = () => `fits to ${formatWhole(data.ratings.length)} ratings`;
  const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  const onFit = (name: string) => line.update(`fitting ${name}`, undefined);
  const evaluation = await evaluateRatings(data, { seed, onFit }).finally(line.stop);
  if (json) return JSON.stringify(evaluation, null, 2);
  const { heldOut, training, rated } = evaluation;
  return [
    ...describeData(data),
    `protocol  a random fifth is held out; ${formatWhole(training)} ratings to train on, ${formatWhole(heldOut)} predicted, seed ${seed}`,
    ...["", tableErrors(rated), ""],
    "A small error in ratings is no good ranking: recurve evaluate ranking measures that.",
  ].join("\n");
}

export function ratingsCommand(): Command {
  return new Command("ratings")
    .description("Measure how well biases and factors predict held-out ratings (RMSE, MAE)")
    .requiredOption(
      "--data <folder|file>",
      "MovieLens, or events of type rating (.jsonl, .csv, .parquet)",
    )
    .option(
      "--seed <number>",
      "seed of the split and of the factors",
      integerIn(0, 2 ** 32 - 1),
      learnerSeed,
    )
    .option("--json", "print figures as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve evaluate ratings --data ml-100k")
    .action((options: RatingsOptions) =>
      withInterruption(async (signal) => {
        process.stdout.write(`${await describeRatings(options, signal)}\n`);
      }),
    );
}
