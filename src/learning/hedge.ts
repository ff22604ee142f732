import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";

/** Discounted sums of evidence by setting, *do nothing* included. */
export type HedgeState = Readonly<Record<string, number>>;

/**
 * Hedge (Freund & Schapire 1997) over whatever settings were judged: what is new starts without evidence, what was not judged is forgotten.
 * @param evidence S_j: lower bound of the paired difference over the usual standard error; 0 for *do nothing*
 */
export function hedge(
  state: HedgeState,
  evidence: Readonly<Record<string, number>>,
  { hedgeRate, hedgeDiscount }: MpoConfiguration["metaPolicy"] = defaultMpo.metaPolicy,
): { state: HedgeState; weights: Readonly<Record<string, number>> } {
  const next = Object.fromEntries(
    Object.entries(evidence).map(([key, z]) => [key, hedgeDiscount * (state[key] ?? 0) + z]),
  );
  const largest = Math.max(...Object.values(next));
  const raw = Object.entries(next).map(
    ([key, sum]) => [key, Math.exp(hedgeRate * (sum - largest))] as const,
  );
  const total = raw.reduce((sum, [, weight]) => sum + weight, 0);
  return {
    state: next,
    weights: Object.fromEntries(raw.map(([key, weight]) => [key, weight / total])),
  };
}
