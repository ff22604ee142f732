import type { FastLoopMark } from "../../domain/fast-loop.ts";
import type { RandomStream } from "../../numeric/random.ts";
import type { Towers } from "../../policy/fast-loop/features.ts";
import type { ResidualModel } from "../../policy/fast-loop/residual-model.ts";
import type { ItemView, PolicyTowers } from "../../policy/policy.ts";

/** z + (xᵀw + b)/η for each candidate, with weights w and item residuals b from one draw of the decision's seed. */
export function drawLogits(options: {
  readonly model: ResidualModel;
  readonly represented: Towers;
  readonly views: readonly Pick<ItemView, "itemId">[];
  readonly towers: Pick<PolicyTowers, "isKnown">;
  readonly settings: Pick<FastLoopMark, "temperature" | "drawScale">;
  /** The stream of the decision's seed. */
  readonly random: RandomStream;
}): Float64Array {
  const { model, represented, views, towers, settings } = options;
  const draw = model.draw(options.random.split("fast-loop"), settings.drawScale);
  const items = views.map(({ itemId }) => ({ itemId, isKnown: towers.isKnown(itemId) }));
  const gains = draw(represented, items);
  return represented.logits.map(
    (logit, index) => logit + (gains[index] ?? 0) / settings.temperature,
  );
}
