import type { CycleBody } from "../../src/contract/cycles.ts";
import type { InterventionBody } from "../../src/contract/interventions.ts";

/** Times of promotions among these cycles, newest first: by the gate or a review, and by an operator's approval. */
export function listPromotionTimes(
  cycles: readonly CycleBody[],
  interventions: readonly InterventionBody[],
): readonly string[] {
  const oldest = cycles.at(-1)?.finishedAt;
  const made = cycles.filter(({ outcome }) => outcome === "promote");
  // Its cycle left the policy waiting, and that is its outcome.
  const approved = interventions.filter(
    ({ kind, madeAt }) => kind === "approve" && oldest !== undefined && madeAt >= oldest,
  );
  const times = [
    ...made.map(({ finishedAt }) => finishedAt),
    ...approved.map(({ madeAt }) => madeAt),
  ];
  return times.sort((a, b) => Date.parse(b) - Date.parse(a));
}
