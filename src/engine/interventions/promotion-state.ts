import type { Intervention } from "../../domain/intervention.ts";
import type { PolicySnapshot, PromotionMode } from "../../domain/policy-snapshot.ts";
import type { Store } from "../../storage/store.ts";

/** How a scenario's promotions stand. */
export interface PromotionState {
  readonly scenario: string;
  readonly mode: PromotionMode;
  readonly serving?: number;
  readonly waiting?: PolicySnapshot;
  /** The newest ten, newest first. */
  readonly interventions: readonly Intervention[];
}

export async function readPromotionState(store: Store, scenario: string): Promise<PromotionState> {
  const { mode = "automatic", serving, waiting } = await store.policies.assignment(scenario);
  const policy = waiting === undefined ? undefined : await store.policies.find(waiting);
  return {
    scenario,
    mode,
    ...(serving !== undefined && { serving }),
    ...(policy && { waiting: policy }),
    interventions: await store.interventions.list({ scenario, limit: 10 }),
  };
}
