import { guardTestsOf, isTested } from "../../../domain/guard-metric.ts";
import type { JsonObject } from "../../../domain/json.ts";
import { normaliseReward, wasViewed } from "../../../domain/reward-rule.ts";
import type { RewardRule, Scenario, SlateReward } from "../../../domain/scenario.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { ItemView } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import type { DrawRules } from "../../rules/draw-rules.ts";
import { ruledChoices } from "./ruled-choices.ts";
import type { ReadDecision, SessionDecision } from "./session-returns.ts";

/** Fields that the rows of one decision share. */
export interface RowContext
  extends Pick<FeedbackRow, "state" | "user" | "age" | "fold">,
    Partial<Pick<FeedbackRow, "loop">> {
  readonly rule: RewardRule;
  readonly slateReward: SlateReward;
  readonly views: readonly ItemView[];
  /** Of the draw, on these. */
  readonly rules: DrawRules;
  /** Of a position, by guard test; absent without guard metrics. */
  readonly outcomesAt?: ((position: number) => Float64Array) | undefined;
}

/** A row for each position that chance filled, among the candidates that the positions before had left. A pinned item neither trains nor judges. */
export function toRows(
  { feedback, ahead }: ReadDecision<SessionDecision>,
  { rule, slateReward, views, rules, outcomesAt, ...common }: RowContext,
): FeedbackRow[] {
  const { decision, rewards } = feedback;
  const { slate, offer } = decision;
  const rows: FeedbackRow[] = [];
  for (const { shownAt, fields } of ruledChoices(slate, views, rules)) {
    const position = rows.length;
    const isViewed = wasViewed(feedback, shownAt);
    rows.push({
      ...common,
      ...fields,
      position,
      ...(rules.pins && { shownAt }),
      ...(fields.caps && offer?.slateSize && { asked: offer.slateSize - (rules.pins?.size ?? 0) }),
      propensity: decision.positionPropensities[shownAt] ?? 0,
      reward: ahead?.value ?? normaliseReward(rewards[shownAt], rule),
      ...(ahead && { session: ahead.step }),
      ...(isViewed !== undefined && { isViewed }),
      ...(outcomesAt && { outcomes: outcomesAt(shownAt) }),
      exploration: decision.exploration,
      arm: decision.arm,
      policyVersion: decision.policyVersion,
      sequence: feedback.sequence,
      ...(decision.fastLoop && { isForeign: true }),
      // Of more items than may be candidates the uniform slice draws its own.
      ...(decision.arm === "uniform" && decision.retriever !== undefined && { trainsOnly: true }),
      ...(slateReward === "cascade" && { isCascade: true }),
    });
  }
  return rows;
}

/** Outcomes of a decision's positions, by guard test. */
export type OutcomesOf = (decision: {
  readonly sequence: number;
  /** Of its user at its moment. */
  readonly attributes: JsonObject;
}) => (position: number) => Float64Array;

const keyOf = (sequence: number, position: number) => `${sequence}/${position}`;

/** Undefined without guard metrics. */
export async function readOutcomes(
  { decisions }: Store,
  { guards = [] }: Pick<Scenario, "guards">,
  span: { readonly after: number; readonly through: number },
): Promise<OutcomesOf | undefined> {
  if (guards.length === 0) return undefined;
  const seen = new Map<string, ReadonlySet<string>>();
  for (const { type } of guards) {
    if (type === undefined) continue;
    const found = await decisions.outcomes({ type, ...span });
    seen.set(type, new Set(found.map(({ sequence, position }) => keyOf(sequence, position))));
  }
  const tests = guardTestsOf(guards);
  return ({ sequence, attributes }) =>
    (position) =>
      Float64Array.from(tests, (test) => {
        const { outcome } = test;
        if (!("type" in outcome) || !isTested(test, attributes)) return Number.NaN;
        return seen.get(outcome.type)?.has(keyOf(sequence, position)) ? 1 : 0;
      });
}
