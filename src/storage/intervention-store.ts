import type { Intervention } from "../domain/intervention.ts";

/** Interventions of operators; written by `PolicyStore.apply`, never changed. */
export interface InterventionStore {
  /** Newest first. */
  list(options: {
    readonly scenario?: string;
    readonly limit: number;
  }): Promise<readonly Intervention[]>;
}
