/** Reward that exploration may cost, as a share of what the serving policy earns. */
const explorationBudget = 0.02;
const mostExploration = 0.15;

/**
 * ε at which the uniform choice costs no more than the budget: b·|V| / (V − V_uniform), at most 0.15. A policy that is not much
 * better than chance, as after a change of preferences, has little to lose and much to learn.
 * @param value V of the serving policy, reward units
 * @param uniformDifference V_uniform − V, reward units
 */
export function chooseExploration(value: number, uniformDifference: number): number {
  const cost = -uniformDifference;
  if (!(cost > 0)) return mostExploration;
  return Math.min(mostExploration, (explorationBudget * Math.abs(value)) / cost);
}
