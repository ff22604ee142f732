import type { ScenarioRules } from "../../src/domain/rules.ts";
import { createSpread } from "../../src/domain/slate-diversity.ts";
import { diversityOf } from "../../src/engine/rules/diversity-of.ts";
import { drawRulesOf } from "../../src/engine/rules/draw-rules.ts";
import type { ItemFacts } from "../../src/engine/rules/item-facts.ts";
import type { RandomStream } from "../../src/numeric/random.ts";
import { drawIndex, positionProbabilities, sampleSlate } from "../../src/policy/slate.ts";

const exploration = 0.05;

/** Candidates of a slate, as serving has them. */
export interface Offer {
  readonly logits: Float64Array;
  readonly facts: readonly ItemFacts[];
  readonly slateSize: number;
  readonly random: RandomStream;
}

/** Draws a slate: indices of the candidates. */
export type Drawing = (offer: Offer) => readonly number[];

/** As the product draws under a scenario's rules. */
export const byRules =
  (rules: ScenarioRules): Drawing =>
  ({ logits, facts, slateSize, random }) => {
    const moment = { scenario: { rules }, offer: undefined, now: 0, slateSize };
    return sampleSlate({
      logits,
      slateSize,
      exploration,
      random,
      rules: drawRulesOf(moment, () => facts),
    }).order;
  };

/** The ablation without diversity: other slates by more chance alone. */
export const byTemperature =
  (temperature: number): Drawing =>
  ({ logits, ...offer }) =>
    byRules({})({ ...offer, logits: logits.map((logit) => logit / temperature) });

/**
 * The other way to tell a candidate from the items above: by the likest of them alone (maximal marginal relevance, Carbonell & Goldstein
 * 1998), 1 − max ρ to a power, with the same features and correlations.
 */
export const byLikest =
  (diversity: number): Drawing =>
  ({ logits, facts, slateSize, random }) => {
    const { power, ...features } = diversityOf(diversity, facts);
    const closed = new Uint8Array(facts.length);
    const likest = new Float64Array(facts.length);
    const order: number[] = [];
    for (let position = 0; position < slateSize; position++) {
      const tilted = logits.map((logit, a) => logit + power * Math.log(1 - likest[a]!));
      const index = drawIndex(positionProbabilities(tilted, closed, exploration), random.uniform());
      order.push(index);
      closed[index] = 1;
      // Of one item above 1 − ρ² is unexplained.
      const { unexplained, take } = createSpread({ power, ...features });
      take(index);
      for (const [a, share] of unexplained.entries())
        likest[a] = Math.max(likest[a]!, Math.sqrt(1 - share));
    }
    return order;
  };
