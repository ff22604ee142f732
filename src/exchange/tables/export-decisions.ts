import type { Arm } from "../../domain/decision.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { readDrawRules } from "../../engine/serving/read-draw-rules.ts";
import { createCatalogueAsOf } from "../../engine/state/catalogue-as-of.ts";
import type { Store } from "../../storage/store.ts";
import { type ExportedDecision, toExportedDecision } from "./exported-decision.ts";
import type { TimeRange } from "./table.ts";

const pageSize = 1000;

/**
 * The decisions of a scenario whose reward window has closed, oldest first, a page in memory at a time.
 * @param options.now milliseconds since 1970
 */
export async function* exportDecisions(options: {
  readonly store: Store;
  readonly scenario: Scenario;
  readonly now: number;
  /** Of the decisions' times. Default: all. */
  readonly range?: TimeRange;
  /** Default: all. */
  readonly arm?: Arm;
}): AsyncGenerator<ExportedDecision, void> {
  const { store, scenario, now, range, arm } = options;
  // Rules read attributes, which hold texts as they are.
  const catalogueAsOf = createCatalogueAsOf(store.items, undefined);
  let after = 0;
  for (;;) {
    const page = await store.decisions.feedback({
      scenario: scenario.name,
      after,
      closedBefore: now,
      ...range,
      limit: pageSize,
    });
    for (const feedback of page) {
      if (arm !== undefined && feedback.decision.arm !== arm) continue;
      const rules = await readDrawRules(store, feedback.decision, catalogueAsOf);
      yield toExportedDecision(feedback, scenario.reward, rules);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.sequence;
  }
}
