import type { HistoryEntry } from "../../domain/behaviour.ts";
import type { Feedback } from "../../domain/decision.ts";
import type { Explanation } from "../../domain/explanation.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { DecisionPage } from "../../storage/decision-store.ts";
import type { DecisionsInput } from "../input/input.ts";

/** A decision with its rewards so far, and the user's profile at its moment. */
export interface DecisionView {
  readonly feedback: Feedback;
  readonly profile: { readonly attributes: JsonObject; readonly history: readonly HistoryEntry[] };
}

/** Logged decisions, and their explanation. */
export interface DecisionCalls {
  /** A decision by its id; undefined if there is none. */
  findDecision(decisionId: string): Promise<DecisionView | undefined>;
  /**
   * Decisions of a scenario, newest first, by default 100: of one user, with an item in the slate, from one time until before another. A
   * page of an item looks at 1,000 decisions, so it can have fewer rows, or none, and a `next`.
   * @throws unknown_scenario, invalid_request if `after` is no decision
   */
  listDecisions(query?: DecisionsInput): Promise<DecisionPage>;
  /**
   * Why a decision showed its items: terms of the scores, chance, rules, and the past events that
   * moved the slate, from the record as of its moment. See docs/guides/explanations.md.
   *
   * @throws not_found if there is no such decision, or its policy or encoder is gone; audit_failed if
   * it can't be derived again as it was logged; unknown_scenario, corrupt_snapshot, overloaded
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems([{ itemId: "tea" }]);
   * const { decision } = await recurve.recommend({ userId: "ada" });
   * const { slate } = await recurve.explainDecision(decision.decisionId);
   * console.log(slate[0].itemId, slate[0].propensity); // tea 1
   * await recurve.close();
   */
  explainDecision(decisionId: string): Promise<Explanation>;
  /** Number of decisions of a scenario. Default: of the first one. @throws unknown_scenario */
  countDecisions(scenario?: string): Promise<number>;
}
