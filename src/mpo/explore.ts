import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";

/**
 * ε at which the uniform choice costs no more than the budget: b·|V| / (V − V_uniform), within its bound. A policy that is not much
 * better than chance, as after a change of preferences, has little to lose and much to learn.
 * @param value V of the serving policy, reward units
 * @param uniformDifference V_uniform − V, reward units
 */
export function chooseExploration(
  value: number,
  uniformDifference: number,
  { budget, most }: MpoConfiguration["exploration"] = defaultMpo.exploration,
): number {
  const cost = -uniformDifference;
  if (!(cost > 0)) return most;
  return Math.min(most, (budget * Math.abs(value)) / cost);
}
