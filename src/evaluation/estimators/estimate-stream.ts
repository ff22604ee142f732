import { createMoments, type Moments } from "../../numeric/moments.ts";
import type { Estimate } from "../estimate.ts";
import { normalInterval } from "../intervals/normal.ts";
import type { EstimatorForm, EstimatorOptions } from "./estimator-form.ts";
import {
  type EvaluatedFeedback,
  resolveParameter,
  selectColumns,
  shapeWeights,
} from "./evaluated-feedback.ts";

/** An estimate without contributions, which would grow with the rows. */
export type StreamedEstimate = Omit<Estimate, "contributions">;

export interface EstimateStream {
  /** Adds the next rows, any number of them; their users are ignored. */
  add(feedback: EvaluatedFeedback): void;
  /**
   * Over all rows so far; undefined if the array form has no estimate, and before the first row.
   */
  result(): StreamedEstimate | undefined;
}

/** Places in the moments: μ(x), ω·(r − q̂), ω. */
const [direct, product, weight] = [0, 1, 2];

/** Σ e_i² of the deviations that `estimate-rows.ts` sums row by row, from the moments. */
function sumSquares(moments: Moments, form: EstimatorForm): number {
  const { comoment } = moments;
  if (!form.selfNormalised) {
    return comoment(direct, direct) + 2 * comoment(direct, product) + comoment(product, product);
  }
  const scale = moments.mean(weight);
  const ratio = moments.mean(product) / scale;
  const own =
    comoment(product, product) -
    2 * ratio * comoment(product, weight) +
    ratio * ratio * comoment(weight, weight);
  const cross = comoment(direct, product) - ratio * comoment(direct, weight);
  return comoment(direct, direct) + (2 * cross) / scale + own / (scale * scale);
}

function describe(moments: Moments, form: EstimatorForm, supported: number) {
  const rows = moments.count;
  const mean = moments.mean(product);
  const value = moments.mean(direct) + (form.selfNormalised ? mean / moments.mean(weight) : mean);
  // As in the array form: a ratio needs two rows with weight, a mean two rows and one with weight.
  const known = form.selfNormalised ? supported >= 2 : rows >= 2 && supported > 0;
  const divisor = form.selfNormalised ? rows * rows : rows * (rows - 1);
  const standardError = known
    ? Math.sqrt(Math.max(0, sumSquares(moments, form)) / divisor)
    : Number.POSITIVE_INFINITY;
  return { value, standardError, rows };
}

/** Of a column that an estimator may do without; its length is checked on input. */
const entryOf = (column: Float64Array | undefined, row: number, absent: number): number =>
  column === undefined ? absent : column[row]!;

/** The streaming form of every estimator: nine numbers for any number of rows. */
export function createEstimateStream(
  form: EstimatorForm,
  { parameter, level = 0.95 }: EstimatorOptions,
): EstimateStream {
  const setting = resolveParameter(form, parameter);
  const moments = createMoments(3);
  const values = new Float64Array(3);
  let supported = 0;
  return {
    add(feedback) {
      const columns = selectColumns(form, feedback);
      const { rewards, weights, directValues, predictions } = columns;
      const shapedWeights = shapeWeights(form, columns, setting);
      for (let row = 0; row < rewards.length; row++) {
        const reward = rewards[row]!;
        const shaped = shapedWeights[row]!;
        if ((form.selfNormalised ? shaped : weights === undefined ? 1 : weights[row]!) > 0)
          supported++;
        values[direct] = entryOf(directValues, row, 0);
        values[product] = shaped * (reward - entryOf(predictions, row, 0));
        values[weight] = shaped;
        moments.add(values);
      }
    },
    result() {
      if (moments.count === 0 || (form.selfNormalised && supported === 0)) return undefined;
      const estimate = describe(moments, form, supported);
      return {
        estimator: form.name,
        ...estimate,
        interval: normalInterval({ ...estimate, level }),
      };
    },
  };
}
