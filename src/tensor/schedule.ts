/** Learning rate of a step. @param step from 1 */
export type Schedule = (step: number) => number;

/**
 * Linear warm-up to the peak, then half a cosine down to `floor` of it, which later steps keep (Loshchilov & Hutter 2017,
 * arXiv:1608.03983, without restarts).
 */
export function warmUpCosine(options: {
  readonly peak: number;
  readonly warmUpSteps: number;
  readonly totalSteps: number;
  /** Share of the peak, in [0, 1]. */
  readonly floor: number;
}): Schedule {
  const { peak, warmUpSteps, totalSteps, floor } = options;
  if (!(warmUpSteps >= 0 && warmUpSteps < totalSteps))
    throw new RangeError(
      `warmUpSteps must be in [0, totalSteps = ${totalSteps}), got ${warmUpSteps}`,
    );
  return (step) => {
    if (step < warmUpSteps) return (peak * step) / warmUpSteps;
    const done = Math.min(1, (step - warmUpSteps) / (totalSteps - warmUpSteps));
    return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done)));
  };
}
