import type { ScenarioRules, SeenRule } from "../domain/rules.ts";

export type {
  AversionRule,
  NewcomerRule,
  RepetitionRule,
  ScenarioRules,
  SeenRule,
} from "../domain/rules.ts";

/**
 * The configured scenarios, the default first. `decisions` counts those made so far; `exploration`
 * is ε in (0, 1].
 */
export interface ScenariosResponse {
  readonly scenarios: readonly {
    readonly name: string;
    readonly slateSize: number;
    readonly excludeSeen: boolean | readonly SeenRule[];
    /** Absent if there are none. */
    readonly rules?: ScenarioRules;
    readonly exploration: number;
    readonly rewardWindowSeconds: number;
    readonly decisions: number;
  }[];
}
