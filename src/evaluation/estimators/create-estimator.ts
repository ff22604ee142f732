import { estimateRows } from "./estimate-rows.ts";
import { createEstimateStream } from "./estimate-stream.ts";
import type { Estimator } from "./estimator.ts";
import type { EstimatorForm } from "./estimator-form.ts";

/** Adds the array and the streaming computation to a form. */
export const createEstimator = (form: EstimatorForm): Estimator => ({
  ...form,
  estimate: (feedback, options = {}) => estimateRows(form, feedback, options),
  stream: (options = {}) => createEstimateStream(form, options),
});
