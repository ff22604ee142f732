import type { FastLoopMark } from "../../../domain/fast-loop.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { DrawnVisit, ResidualModel } from "../../../policy/fast-loop/residual-model.ts";
import type { ItemView, PolicyTowers } from "../../../policy/policy.ts";

/** z + (xᵀw + b)/η for each candidate, with the head's weights w and own residuals b from one draw of the decision's seed. */
export function drawLogits(options: {
  readonly model: ResidualModel;
  readonly visit: DrawnVisit;
  readonly views: readonly Pick<ItemView, "itemId">[];
  readonly towers: Pick<PolicyTowers, "isKnown">;
  readonly settings: Pick<FastLoopMark, "drawScale">;
  /** The stream of the decision's seed. */
  readonly random: RandomStream;
}): Float64Array {
  const { model, visit, views, towers, settings } = options;
  const draw = model.draw(options.random.split("fast-loop"), settings.drawScale);
  const items = views.map(({ itemId }) => ({ itemId, isKnown: towers.isKnown(itemId) }));
  const gains = draw(visit, items);
  return visit.towers.logits.map((logit, index) => logit + (gains[index] ?? 0) / model.temperature);
}
