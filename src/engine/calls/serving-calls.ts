import type { RecordOutcome } from "../../domain/behaviour.ts";
import type { Decision } from "../../domain/decision.ts";
import type { EventInput, RecommendBatchInput, RecommendInput } from "../input/input.ts";

/** A logged decision, and the reason if a fallback made it. */
export interface Recommendation {
  readonly decision: Decision;
  /** Reason why another policy than the serving one answered; else absent. */
  readonly fallback?: string;
  /** The request's `idempotencyKey` had led to the decision before; else absent. */
  readonly isRepeated?: true;
  /** The decision counts only from its activation on; else absent. */
  readonly isDeferred?: true;
}

/** An outcome for each event, in their order, and the number of each outcome. */
export interface RecordSummary {
  readonly outcomes: readonly RecordOutcome[];
  readonly counts: Readonly<Record<RecordOutcome, number>>;
  /**
   * A sentence for each event type that no scenario's reward weighs, at most ten; absent if there
   * is none.
   */
  readonly warnings?: readonly string[];
}

/** Slates, and what users did with them. */
export interface ServingCalls {
  /**
   * Draws a slate for a user, and resolves when the decision is durable with its propensities.
   * @throws unknown_scenario, unknown_item, no_candidates, invalid_request; conflict if its `idempotencyKey` has led to another kind of slate, or a campaign has closed
   */
  recommend(input: RecommendInput): Promise<Recommendation>;
  /**
   * Decides up to 100 requests together: all are durable or none, in their order. If a scenario has ads they are decided in turn, and
   * those before one that can't be answered stay. `distinct` leaves the items of a user's slates out
   * of the same user's later ones, for the places of one page.
   * @throws as `recommend`, with the place of the request
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems(["tea", "mug", "pot"].map((itemId) => ({ itemId })));
   * const requests = [{ userId: "ada", slateSize: 1 }, { userId: "ada", slateSize: 2 }];
   * const [top, below] = await recurve.recommendBatch({ requests, distinct: true });
   * console.log(top.decision.slate.length + below.decision.slate.length); // 3
   * await recurve.close();
   */
  recommendBatch(input: RecommendBatchInput): Promise<readonly Recommendation[]>;
  /**
   * Says that a deferred decision is shown: it is decided from now on, and its reward window begins.
   * The events that it has got by then count. One that is decided already stays as it is.
   * @throws not_found if there is none, or it has expired; conflict if its ads are not sold any more
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems([{ itemId: "tea" }]);
   * const { decision } = await recurve.recommend({ userId: "ada", deferred: true });
   * console.log(await recurve.countDecisions()); // 0
   * await recurve.activateDecision(decision.decisionId);
   * console.log(await recurve.countDecisions()); // 1
   * await recurve.close();
   */
  activateDecision(decisionId: string): Promise<Decision>;
  /**
   * Records events, all or none, at most 1000. Outcomes are in the order of the events.
   * @throws unknown_decision, invalid_request; conflict for a 101st event before a decision is activated
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems([{ itemId: "tea" }]);
   * const { decision } = await recurve.recommend({ userId: "ada" });
   * const { decisionId, slate } = decision;
   * const click = { type: "click", userId: "ada", itemId: slate[0], decisionId };
   * console.log((await recurve.record([click])).outcomes); // [ 'rewarded' ]
   * await recurve.close();
   */
  record(events: readonly EventInput[]): Promise<RecordSummary>;
}
