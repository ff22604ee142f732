import type { Arm, Feedback } from "../../domain/decision.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { DrawRules } from "../../engine/rules/draw-rules.ts";
import { readDrawRules } from "../../engine/serving/read-draw-rules.ts";
import { type CatalogueAsOf, createCatalogueAsOf } from "../../engine/state/catalogue-as-of.ts";
import type { Store } from "../../storage/store.ts";
import { type ExportedDecision, toExportedDecision } from "./exported-decision.ts";
import type { TimeRange } from "./table.ts";

const pageSize = 1000;

/** Decisions of a scenario that an export wants. */
export interface WantedDecisions {
  readonly store: Store;
  readonly scenario: Scenario;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the decisions' times. Default: all. */
  readonly range?: TimeRange;
  /** Default: all. */
  readonly arm?: Arm;
}

/** A closed decision with the rules of its draw. */
export interface ClosedDecision {
  readonly feedback: Feedback;
  readonly rules: DrawRules;
}

/** Decisions whose reward window has closed, oldest first, a page in memory at a time. */
export async function* readClosed(
  { store, scenario, now, range, arm }: WantedDecisions,
  catalogueAsOf: CatalogueAsOf,
): AsyncGenerator<ClosedDecision, void> {
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
      yield { feedback, rules: await readDrawRules(feedback.decision, { store, catalogueAsOf }) };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.sequence;
  }
}

/** The same as lines of `recurve export decisions`. */
export async function* exportDecisions(
  wanted: WantedDecisions,
): AsyncGenerator<ExportedDecision, void> {
  const { store, scenario } = wanted;
  // Rules read attributes, which hold texts as they are.
  const catalogueAsOf = createCatalogueAsOf(store.items, undefined);
  for await (const { feedback, rules } of readClosed(wanted, catalogueAsOf))
    yield toExportedDecision(feedback, scenario.reward, rules);
}
