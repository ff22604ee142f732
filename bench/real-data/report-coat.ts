import { effectiveSize } from "../../src/evaluation/effective-size.ts";
import type { Report } from "../bench.ts";
import { mean, standardError } from "../statistics.ts";
import { type CoatRow, measureCoat } from "./measure-coat.ts";
import { readCoat } from "./read-coat.ts";

const four = (value: number) => value.toFixed(4);
const spread = (values: readonly number[]) =>
  `${four(mean(values))} ± ${four(standardError(values))}`;

const nameOf = ({ predictor, isWeighted }: CoatRow) =>
  isWeighted ? `${predictor}, weighted` : predictor;

/** By user. */
const minus = (one: CoatRow, other: CoatRow) =>
  one.ndcg.map((value, user) => value - other.ndcg[user]!);

function describe(row: CoatRow, popularity: CoatRow): readonly string[] {
  const { errors, ndcg, hits, chosen } = row;
  return [
    nameOf(row),
    errors === undefined ? "–" : `${four(errors.rmse)} ± ${four(errors.rmseStandardError)}`,
    errors === undefined ? "–" : four(errors.mae),
    ...[spread(ndcg), row === popularity ? "–" : spread(minus(row, popularity)), four(mean(hits))],
    [...new Set(chosen)].sort((a, b) => a - b).join(", ") || "–",
  ];
}

export async function reportCoat(report: Report, folder: string, seeds: number): Promise<void> {
  const coat = readCoat(folder);
  const rows = await measureCoat(coat, seeds);
  const find = (predictor: string, isWeighted: boolean) =>
    rows.find((one) => one.predictor === predictor && one.isWeighted === isWeighted)!;
  const popularity = find("popularity", false);
  const weights = Float64Array.from(coat.weighted, ({ weight = 1 }) => weight);
  report.note(
    `\nCoat: ${coat.users} users, ${coat.chosen.length} ratings of chosen coats, ${coat.drawn.length} of drawn ones; ` +
      `ESS of the weights ${effectiveSize(weights).toFixed(0)}; ranks of ${popularity.ndcg.length} users who like one of 16`,
  );
  report.table(
    ["predictor", "RMSE", "MAE", "NDCG@5", "over popularity", "HR@5", "λ"],
    rows.map((row) => describe(row, popularity)),
  );
  const [plain, weighted] = [find("factors", false), find("factors", true)];
  report.note(`NDCG@5: weights change that of factors by ${spread(minus(weighted, plain))}`);
  const means = find("item means", false);
  report.note(`NDCG@5: factors minus item means ${spread(minus(plain, means))}`);
  report.figure("RMSE of factors on drawn coats", plain.errors!.rmse);
  report.figure("RMSE of weighted factors on drawn coats", weighted.errors!.rmse);
  report.figure("NDCG@5 of factors over popularity, drawn coats", mean(minus(plain, popularity)));
  report.figure("NDCG@5 that weights change", mean(minus(weighted, plain)));
}
