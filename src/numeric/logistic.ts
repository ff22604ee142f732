/** σ(x) = 1/(1 + e^−x), in [0, 1]; exactly 0 or 1 if float64 has no number between. */
export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Log odds σ⁻¹(p) = log(p/(1 − p)), finite: a probability is clipped to [smallest, 1 − smallest] first.
 * @param smallest in (0, 0.5]
 * @example const logit = logitWithin(1e-6); logit(0.5) // 0
 */
export const logitWithin =
  (smallest: number) =>
  (probability: number): number => {
    const inside = Math.min(1 - smallest, Math.max(smallest, probability));
    return Math.log(inside / (1 - inside));
  };
