import { estimateRows } from "./estimate-rows.ts";
import { createEstimateStream } from "./estimate-stream.ts";
import type { Estimator } from "./estimator.ts";
import type { EstimatorForm } from "./estimator-form.ts";

/** Gives a form its two ways to be computed. */
export const createEstimator = (form: EstimatorForm): Estimator => ({
  ...form,
  estimate: (feedback, options = {}) => estimateRows(form, feedback, options),
  stream: (options = {}) => createEstimateStream(form, options),
});
