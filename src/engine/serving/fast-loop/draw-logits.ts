import type { AdsRule } from "../../../domain/campaign.ts";
import type { FastLoopMark } from "../../../domain/fast-loop.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { DrawnVisit, ItemOfModel } from "../../../policy/fast-loop/fast-decision.ts";
import type { ResidualModel } from "../../../policy/fast-loop/residual-model.ts";
import type { ItemView, PolicyTowers } from "../../../policy/policy.ts";

/** A linear model's P below it, which may be below 0, is taken for it. */
const leastChance = 0.002;

/** Ads among a request's candidates. */
export interface DrawnAds {
  readonly rule: AdsRule;
  /** Of each candidate, the number of the outcome that its campaign pays for; undefined for an impression. */
  readonly outcomes: readonly (number | undefined)[];
  /** Of each candidate, bid × factor. */
  readonly worths: readonly number[];
}

interface DrawnLogits {
  readonly logits: Float64Array;
  /** Candidates below the quality floor, by index, ascending. */
  readonly below: readonly number[];
  /** Of ads: the logits without the draw's luck, so that its exploration can be told. */
  readonly calm?: Float64Array;
}

interface DrawOptions {
  readonly model: ResidualModel;
  readonly visit: DrawnVisit;
  readonly views: readonly Pick<ItemView, "itemId">[];
  readonly towers: Pick<PolicyTowers, "isKnown">;
  readonly settings: Pick<FastLoopMark, "drawScale">;
  /** In a scenario with ads. */
  readonly ads?: DrawnAds | undefined;
  /** The stream of the decision's seed. */
  readonly random: RandomStream;
}

/** w·log(P × bid × factor) of each candidate, less the boost that is added to all logits. */
const valueLogits = (chances: Float64Array, { rule, worths }: DrawnAds): Float64Array => {
  const { bidWeight, valueWeight = bidWeight } = rule;
  return chances.map((chance, index) => {
    const worth = Math.log(worths[index] ?? 1);
    return valueWeight * (Math.log(Math.max(leastChance, chance)) + worth) - bidWeight * worth;
  });
};

function belowFloor(chances: Float64Array, { rule, outcomes }: DrawnAds): readonly number[] {
  const { qualityFloor } = rule;
  if (qualityFloor === undefined) return [];
  const isBelow = (index: number) =>
    outcomes[index] !== undefined && (chances[index] ?? 0) < qualityFloor;
  return [...chances.keys()].filter(isBelow);
}

/**
 * From one draw of the decision's seed: z + (xᵀw + b)/η for each candidate, with the head's weights w and own residuals b; in a scenario
 * with ads the logarithms of its drawn value.
 */
export function drawLogits(options: DrawOptions): DrawnLogits {
  const { model, visit, views, towers, settings, ads } = options;
  const random = options.random.split("fast-loop");
  const items = views.map(({ itemId }, index): ItemOfModel => {
    const outcome = ads?.outcomes[index];
    return { itemId, isKnown: towers.isKnown(itemId), ...(outcome !== undefined && { outcome }) };
  });
  const drawn = model.draw(random, settings.drawScale)(visit, items);
  if (ads) {
    const calm = valueLogits(model.draw(random, 0)(visit, items), ads);
    return { logits: valueLogits(drawn, ads), below: belowFloor(drawn, ads), calm };
  }
  const { temperature } = model;
  const logits = visit.towers.logits.map(
    (logit, index) => logit + (drawn[index] ?? 0) / temperature,
  );
  return { logits, below: [] };
}
