import { defaultExploration } from "../../../src/domain/scenario.ts";
import {
  createLaboratoryLoop,
  type LoopOptions,
} from "../../../src/lab/compact-loop/laboratory-loop.ts";
import type { ValueOptions } from "./fitted-values.ts";
import type { SessionLearner } from "./play.ts";
import { createSessionFamily, type FoldedStep } from "./session-family.ts";
import { policyLogs, type SlatePolicy } from "./slate-policy.ts";
import type { SessionTask } from "./task.ts";

/** The loop in session worlds. @param options.without parts that are left out */
export function createMpo(
  task: SessionTask,
  values: ValueOptions,
  options: Pick<LoopOptions<FoldedStep>, "random" | "without" | "observe">,
): SessionLearner {
  const { slates } = task;
  const start: SlatePolicy = { weights: new Float64Array(task.outcomeWidth), masses: task.masses };
  const loop = createLaboratoryLoop(createSessionFamily(task, values), start, {
    ...options,
    floor: defaultExploration(false),
    discount: values.discount,
  });
  return {
    serve: (step, session) => {
      const arm = loop.armOf(session);
      const exploration = loop.exploration();
      const probabilities = policyLogs(loop.policyOf(arm), step, slates).map(
        (value) => (1 - exploration) * Math.exp(value) + exploration / slates.length,
      );
      return { arm, exploration, probabilities };
    },
    learn: async (rows, cycle) => void (await loop.learn(rows, cycle)),
  };
}
