import type { MpoConfiguration } from "../domain/mpo-configuration.ts";

/** Number of states that a fit reads beyond its training. */
export interface StateLimits {
  /** That a policy is moved on: the first of the rows, or evenly spread over them. */
  readonly moved: number;
  readonly areSpread: boolean;
  /**
   * Of those, and of the rows that judge, the first ones up to this number: temperatures are solved
   * on them.
   */
  readonly solved: number;
}

/** Of the product, whose rows come newest first. */
export const productLimits = ({ distillation }: MpoConfiguration): StateLimits => ({
  moved: distillation.states,
  areSpread: false,
  solved: 128,
});

/** Of a laboratory's loops, which play hundreds of cycles: linear models over visits, and over sessions. */
export const laboratoryLimits: Readonly<Record<"visits" | "sessions", StateLimits>> = {
  visits: { moved: 500, areSpread: false, solved: 64 },
  sessions: { moved: 600, areSpread: true, solved: 256 },
};

export function chooseStates<Row>(rows: readonly Row[], limits: StateLimits): readonly Row[] {
  if (!limits.areSpread) return rows.slice(0, limits.moved);
  const stride = Math.max(1, Math.ceil(rows.length / limits.moved));
  return rows.filter((_, index) => index % stride === 0);
}
