import { effectiveSize } from "./effective-size.ts";
import { type RowWeights, weightedMean } from "./strata.ts";

export interface LossBeyond {
  /** Reward units, at least 0. */
  readonly loss: number;
  /** Standard error of the mass's value, which the loss is one of low. */
  readonly error: number;
}

/**
 * What a candidate's mass beyond the limit loses against the serving policy: the weighted deviations of the rows
 * that it made in the log, one standard error below. They are few, so the uniform choice counts as one row more. No loss is
 * larger than the least reward of the log explains. The error has the spread of these rows, or that of all if it is larger: few rows show
 * few of the rare losses.
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
): LossBeyond {
  const own = beyond.map((weight, row) => weight * rowWeights.difference[row]!);
  const chance = uniform.map((weight, row) => weight * rowWeights.serving[row]!);
  const rows = effectiveSize(own);
  const blend = (values: Float64Array, other: Float64Array) => {
    const mean = rows === 0 ? 0 : weightedMean(values, own);
    return (rows * mean + weightedMean(values, other)) / (rows + 1);
  };
  const value = blend(deviations, chance);
  const squares = deviations.map((deviation) => deviation ** 2);
  const { serving } = rowWeights;
  const variance = Math.max(weightedMean(squares, serving), blend(squares, serving));
  const error = Math.sqrt(variance / (rows + 1));
  const least = deviations.reduce((low, deviation) => Math.min(low, deviation), 0);
  return { loss: Math.max(0, -Math.max(least, value - error)), error };
}
