import type { HistoryEntry } from "../../domain/behaviour.ts";
import type { Decision } from "../../domain/decision.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { createRandom } from "../../numeric/random.ts";
import type { ItemView, Policy, PolicyState, PolicyTerms } from "../../policy/policy.ts";
import type { createModelDeriver } from "../serving/fast-loop/derive-model.ts";
import { type DrawnAds, drawLogits } from "../serving/fast-loop/draw-logits.ts";
import type { UserRows } from "../state/read-state.ts";

/** Terms of the policy, the fast loop's correction, and the part of its draw. They add up to the served logits, up to one number. */
export interface ServedTerms extends PolicyTerms {
  readonly fastLoop?: Float64Array;
  readonly fastLoopDraw?: Float64Array;
}

/** A decision's logits, from the record as of its moment. */
export interface DerivedDecision {
  /** With the reward rule of the decision. */
  readonly scenario: Scenario;
  readonly user: UserRows;
  /** As they were, without boosts; or as they would have been with another history. */
  served(history?: readonly HistoryEntry[]): Promise<Float64Array>;
  /** Of ads: `served` without the luck of the fast loop's draw; undefined without one. */
  calm(): Promise<Float64Array | undefined>;
  /** No terms of the uniform choice. */
  terms(): Promise<ServedTerms>;
  /** See `PolicyReasons`; undefined of the uniform choice. */
  attend(): Promise<Float64Array | undefined>;
}

/** Everything that a decision's logits depend on. */
interface DecisionParts {
  readonly scenario: Scenario;
  readonly user: UserRows;
  /** The user refused personalisation. */
  readonly isStranger: boolean;
  readonly views: readonly ItemView[];
  readonly stateOf: (history?: readonly HistoryEntry[]) => PolicyState;
  /** Undefined for the uniform choice. */
  readonly policy: Policy | undefined;
  readonly deriveModel: ReturnType<typeof createModelDeriver>;
  /** Of the views, in a scenario with ads. */
  readonly ads: DrawnAds | undefined;
}

const minus = (values: Float64Array, others: Float64Array) =>
  values.map((value, a) => value - (others[a] ?? Number.NaN));

/** Candidates below the quality floor, by index, are those that the draw put there. */
function checkBelow(derived: readonly number[], logged: readonly number[] = []): void {
  if (derived.join() === logged.join()) return;
  const name = (list: readonly number[]) => (list.length > 0 ? list.join(", ") : "none");
  throw new RangeError(
    `its candidates below the quality floor were ${name(derived)}, not ${name(logged)}: the row was changed`,
  );
}

/** Logits of the fast loop. @param luck share of the draw's own deviation: 1 as served, 0 for the correction alone */
function createFastLogits(decision: Decision, parts: DecisionParts) {
  const { policyVersion: version, fastLoop: mark } = decision;
  const userId = parts.isStranger ? undefined : decision.userId;
  const towers = parts.policy?.towers;
  if (mark === undefined) return undefined;
  if (towers === undefined)
    throw new RangeError(`policy version ${version} can't have had a fast loop`);
  return async (state: PolicyState, luck: 0 | 1) => {
    const { scenario, views, ads } = parts;
    const represented = await towers.represent(state, views);
    const model = await parts.deriveModel({ scenario, version, towers, mark });
    return drawLogits({
      model,
      views,
      towers,
      ads,
      visit: { userId, towers: represented },
      settings: { drawScale: luck * mark.drawScale },
      random: createRandom(decision.seed),
    });
  };
}

export function deriveDecision(decision: Decision, parts: DecisionParts): DerivedDecision {
  const { policy, scenario, user, views, stateOf } = parts;
  const fastLogits = createFastLogits(decision, parts);
  const served = async (history?: readonly HistoryEntry[]) => {
    if (fastLogits) {
      const { logits, below } = await fastLogits(stateOf(history), 1);
      if (history === undefined) checkBelow(below, decision.fastLoop?.below);
      return logits;
    }
    return policy?.logits(stateOf(history), views) ?? new Float64Array(views.length);
  };
  const terms = async (): Promise<ServedTerms> => {
    if (policy === undefined) return {};
    const state = stateOf();
    const own = (await policy.reasons?.terms(state, views)) ?? {};
    if (fastLogits === undefined) return own;
    const { logits: corrected } = await fastLogits(state, 0);
    const { logits: drawn } = await fastLogits(state, 1);
    return {
      ...own,
      fastLoop: minus(corrected, await policy.logits(state, views)),
      fastLoopDraw: minus(drawn, corrected),
    };
  };
  return {
    scenario,
    user,
    served,
    terms,
    calm: async () => (await fastLogits?.(stateOf(), 1))?.calm,
    attend: async () => policy?.reasons?.attend(stateOf()),
  };
}
