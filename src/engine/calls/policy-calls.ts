import type { Cycle } from "../../domain/cycle.ts";
import type { Intervention } from "../../domain/intervention.ts";
import type { Assignment, PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { InterventionInput, RollBackInput, ScenarioPageInput } from "../input/input.ts";

/** Policies and cycles of the loop, and an operator's interventions. */
export interface PolicyCalls {
  /**
   * The assignment of a scenario, its newest `limit` policies, and older ones that answer now;
   * newest first. Default: the first scenario.
   * @throws unknown_scenario
   */
  policies(
    options?: ScenarioPageInput,
  ): Promise<{ readonly assignment: Assignment; readonly policies: readonly PolicySnapshot[] }>;
  /**
   * Puts the parent of the scenario's serving policy back, and records who did it and why.
   * @param key name of the API key that asked, if there was one
   * @throws conflict if there is none, the policy is pinned or another one serves than the input says;
   * unknown_scenario, invalid_request
   */
  rollBack(scenario: string, input?: RollBackInput, key?: string): Promise<PolicySnapshot>;
  /**
   * Pauses promotions, has them ask first or resumes them; pins a version; approves or rejects the
   * waiting one. See docs/guides/operating.md.
   *
   * @param key name of the API key that asked, if there was one
   * @throws conflict, not_found, corrupt_snapshot, unknown_scenario, invalid_request
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.intervene({ scenario: "items", kind: "pause", reason: "sale week" });
   * console.log((await recurve.health()).promotions.items); // paused
   * await recurve.close();
   */
  intervene(input: InterventionInput, key?: string): Promise<Intervention>;
  /** Interventions, newest first. @throws unknown_scenario */
  interventions(options?: ScenarioPageInput): Promise<readonly Intervention[]>;
  /** Learning cycles, newest first. Default: of all scenarios. @throws unknown_scenario */
  cycles(options?: ScenarioPageInput): Promise<readonly Cycle[]>;
  /** A learning cycle by its number; undefined if there is none. */
  findCycle(cycle: number): Promise<Cycle | undefined>;
}
