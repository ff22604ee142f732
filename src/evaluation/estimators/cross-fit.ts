import { EngineError } from "../../domain/errors.ts";
import { type RandomStream, shuffle } from "../../numeric/random.ts";
import type { Clusters } from "../clusters.ts";

export interface CrossFitOptions<Model> {
  readonly clusters: Clusters;
  /** K ≥ 2: number of fitted models, each without its fold. */
  readonly folds: number;
  readonly random: RandomStream;
  /** Fits a reward model to rows. */
  fit(rows: readonly number[]): Model;
  /** The model's prediction for a row that it has not seen. */
  predict(
    model: Model,
    row: number,
  ): {
    /** Σ_a π(a|x)·q̂(x, a). */
    readonly directValue: number;
    /** q̂(x, a) of the logged action. */
    readonly prediction: number;
  };
}

/** Users dealt to folds; @returns the rows of each fold */
function dealRows({ clusters, folds, random }: CrossFitOptions<unknown>): number[][] {
  const order = shuffle([...Array(clusters.count).keys()], random);
  const foldOf = new Int32Array(clusters.count);
  for (const [place, cluster] of order.entries()) foldOf[cluster] = place % folds;
  const rows: number[][] = Array.from({ length: folds }, () => []);
  for (const [row, cluster] of clusters.index.entries()) rows[foldOf[cluster]!]!.push(row);
  return rows;
}

/**
 * Predictions of a reward model for the rows that it was fitted without, so that doubly robust estimators don't take overfitting for
 * knowledge. Users stay in one fold. Chernozhukov et al. 2018, definition 3.1.
 * @throws invalid_request for fewer than two folds or more folds than users
 */
export function crossFit<Model>(options: CrossFitOptions<Model>): {
  directValues: Float64Array;
  predictions: Float64Array;
} {
  const { clusters, folds } = options;
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= clusters.count)) {
    throw new EngineError(
      "invalid_request",
      `folds must be an integer from 2 to the ${clusters.count} users, got ${folds}; 2 to 10 are usual`,
      { details: { field: "folds", value: folds } },
    );
  }
  const directValues = new Float64Array(clusters.index.length);
  const predictions = new Float64Array(clusters.index.length);
  const dealt = dealRows(options);
  for (const [fold, held] of dealt.entries()) {
    const model = options.fit(dealt.flatMap((rows, other) => (other === fold ? [] : rows)));
    for (const row of held) {
      const { directValue, prediction } = options.predict(model, row);
      directValues[row] = directValue;
      predictions[row] = prediction;
    }
  }
  return { directValues, predictions };
}
