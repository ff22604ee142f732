import { effectiveSize } from "./effective-size.ts";
import { type RowWeights, weightedMean } from "./strata.ts";

/**
 * What a candidate's mass beyond the limit loses against the serving policy, reward units, at least 0: the weighted deviations of the rows
 * that it made in the log, one standard error below. They are few, so the uniform choice counts as one row more. No loss is
 * larger than the least reward of the log explains.
 * @param rows.deviations reward less the serving policy's mean at its position
 * @param rows.beyond the candidate's weights less those within the limit, at least 0
 * @param rows.uniform weights of the uniform choice
 */
export function lossBeyond(
  { rowWeights }: { readonly rowWeights: RowWeights },
  {
    deviations,
    beyond,
    uniform,
  }: Readonly<Record<"deviations" | "beyond" | "uniform", Float64Array>>,
): number {
  const own = beyond.map((weight, row) => weight * rowWeights.difference[row]!);
  const chance = uniform.map((weight, row) => weight * rowWeights.serving[row]!);
  const rows = effectiveSize(own);
  const mean = rows === 0 ? 0 : weightedMean(deviations, own);
  const value = (rows * mean + weightedMean(deviations, chance)) / (rows + 1);
  const squares = deviations.map((deviation) => deviation ** 2);
  const error = Math.sqrt(weightedMean(squares, rowWeights.serving) / (rows + 1));
  const least = deviations.reduce((low, deviation) => Math.min(low, deviation), 0);
  return Math.max(0, -Math.max(least, value - error));
}
