import { type CycleFeedback, readFeedback } from "../../engine/learner/cycle/read-feedback.ts";
import { createCatalogueAsOf } from "../../engine/state/catalogue-as-of.ts";
import type { StrategyOptions } from "./strategy.ts";

/** Every row of the log trains, of any fold: these loops judge nothing. */
export function readLog(
  { store, configuration, scenario, clock }: StrategyOptions,
  previous: number,
): Promise<CycleFeedback> {
  const { maxDecisions } = configuration.learner;
  return readFeedback({
    store,
    catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
    scenario,
    now: clock(),
    plan: { read: maxDecisions, decisions: maxDecisions, cells: Number.POSITIVE_INFINITY },
    previous,
    cycle: 0,
  });
}
