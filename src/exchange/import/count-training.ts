import { isWanted } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { warnOfTypes } from "../../engine/serving/event-types.ts";
import type { ImportedEvent } from "./row.ts";

/** Types that are remembered for warnings; a file may have one for each row. */
const maxTypes = 1000;

/** Number of imported events that `train` can use as targets. */
export interface TrainingCount {
  add(event: ImportedEvent): void;
  readonly events: number;
  readonly training: number;
  /** Of types that train nothing. */
  warnings(): readonly string[];
}

export function createTrainingCount(scenarios: readonly Scenario[]): TrainingCount {
  const types = new Set<string>();
  let events = 0;
  let training = 0;
  return {
    add: (event) => {
      events += 1;
      if (scenarios.some(({ reward }) => isWanted(event, reward))) training += 1;
      if (types.size < maxTypes) types.add(event.type);
    },
    get events() {
      return events;
    },
    get training() {
      return training;
    },
    warnings: () => warnOfTypes(scenarios, types),
  };
}
