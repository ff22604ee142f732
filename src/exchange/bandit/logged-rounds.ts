import type { Decision } from "../../domain/decision.ts";
import type { DrawRules } from "../../engine/rules/draw-rules.ts";
import type { ItemFacts } from "../../engine/rules/item-facts.ts";
import { factsOfCandidate } from "../../engine/serving/candidates.ts";
import type { CatalogueAsOf } from "../../engine/state/catalogue-as-of.ts";
import { featuresOf } from "../../engine/state/notes.ts";
import { contextFeatures, itemFeatures } from "../../policy/item-features.ts";
import type { NamedFeature } from "../../policy/json-features.ts";
import { readClosed, type WantedDecisions } from "../tables/export-decisions.ts";
import { toExportedDecision } from "../tables/exported-decision.ts";
import { loggedChoices } from "../tables/logged-choices.ts";

/** An item that could be chosen. */
interface RoundCandidate {
  readonly itemId: string;
  /** Among the candidates of the decision. */
  readonly index: number;
  /** As of the decision. */
  readonly features: readonly NamedFeature[];
}

/** One choice of a decision, as the tools of contextual bandits take it: a slate is a round for each position. */
export interface LoggedRound {
  readonly decision: Decision;
  readonly rules: DrawRules;
  /** 0-based in the slate. */
  readonly place: number;
  /** Those that could be chosen here, in the decision's order. */
  readonly candidates: readonly RoundCandidate[];
  /** Added to their log-odds by the items above; absent without diversity. */
  readonly tilt?: Float64Array;
  /** Index among them. */
  readonly chosen: number;
  /** Reward units, settled. */
  readonly reward: number;
  /** Of the action given the places above, as recorded, in (0, 1]. */
  readonly propensity: number;
  /** Of context and user, as of the decision. */
  readonly context: readonly NamedFeature[];
}

/** The same item at the same revision has the same facts. */
function createFeatures(): (facts: ItemFacts) => readonly NamedFeature[] {
  const known = new WeakMap<ItemFacts, readonly NamedFeature[]>();
  return (facts) => {
    const { categories, attributes } = facts;
    const own =
      known.get(facts) ?? itemFeatures({ categories, attributes: featuresOf(attributes) });
    known.set(facts, own);
    return own;
  };
}

/** Rounds of closed decisions, oldest first; pinned positions are none. A page of decisions is in memory at a time. */
export async function* readRounds(
  wanted: WantedDecisions,
  catalogueAsOf: CatalogueAsOf,
): AsyncGenerator<LoggedRound, void> {
  const { store, scenario } = wanted;
  const featuresOfItem = createFeatures();
  for await (const { feedback, rules } of readClosed(wanted, catalogueAsOf)) {
    const { decision } = feedback;
    const exported = toExportedDecision(feedback, scenario.reward, rules);
    const user = await store.users.find(decision.userId, decision.asOf);
    const catalogue = await catalogueAsOf(decision.asOf);
    const context = contextFeatures(decision.context, featuresOf(user?.attributes ?? {}));
    const all = decision.candidates.map((one, index) => ({
      itemId: one.itemId,
      index,
      features: featuresOfItem(factsOfCandidate(one, catalogue)),
    }));
    for (const { place, action, left, tilt } of loggedChoices(exported)) {
      const candidates = left.flatMap((index) => all[index] ?? []);
      const chosen = candidates.findIndex(({ itemId }) => itemId === action);
      // Only a row that was changed by hand has such a choice; an audit names it.
      if (chosen === -1) continue;
      yield {
        decision,
        rules,
        place,
        candidates,
        chosen,
        context,
        ...(tilt && { tilt }),
        reward: exported.rewards[place] ?? Number.NaN,
        propensity: exported.positionPropensities[place] ?? Number.NaN,
      };
    }
  }
}
