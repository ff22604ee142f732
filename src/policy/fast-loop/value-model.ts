import type { RandomStream } from "../../numeric/random.ts";
import { meanOf } from "../../numeric/statistics.ts";
import type { DrawnVisit, FastDecision, ItemOfModel } from "./fast-decision.ts";
import {
  createResidualModel,
  type ResidualModel,
  type ResidualModelOptions,
} from "./residual-model.ts";

/** The shown items whose campaigns pay for one outcome. All decisions stay: they give the directions of states and items. */
const payingFor = (block: readonly FastDecision[], outcome: number): FastDecision[] =>
  block.map((decision) => ({
    ...decision,
    shown: decision.shown.filter((item) => item.outcome === outcome),
  }));

/** Mean of a model that has seen its outcome, else of those that have. */
function levelsOf(models: readonly ResidualModel[]): readonly number[] {
  const known = models.flatMap(({ level }) => level ?? []);
  const mean = known.length > 0 ? meanOf(Float64Array.from(known)) : 0;
  return models.map(({ level }) => level ?? mean);
}

type Draw = ReturnType<ResidualModel["draw"]>;

/** P(outcome) of each item by its outcome's model; an impression is certain. */
function drawChances(
  draws: readonly Draw[],
  levels: readonly number[],
  { visit, items }: { readonly visit: DrawnVisit; readonly items: readonly ItemOfModel[] },
): Float64Array {
  const asked = new Set(items.map(({ outcome }) => outcome));
  const gains = draws.map((draw, outcome) => (asked.has(outcome) ? draw(visit, items) : undefined));
  return Float64Array.from(items, ({ outcome }, index) =>
    outcome === undefined ? 1 : (levels[outcome] ?? 0) + (gains[outcome]?.[index] ?? 0),
  );
}

function build(models: readonly ResidualModel[]): ResidualModel {
  return {
    get isReady() {
      return models.every(({ isReady }) => isReady);
    },
    learn: (block) => {
      for (const [outcome, model] of models.entries()) model.learn(payingFor(block, outcome));
    },
    temperature: 0,
    level: 0,
    draw: (random: RandomStream, scale) => {
      const draws = models.map((model, outcome) =>
        model.draw(random.split(`outcome/${outcome}`), scale),
      );
      const levels = levelsOf(models);
      return (visit, items) => drawChances(draws, levels, { visit, items });
    },
    clone: () => build(models.map((model) => model.clone())),
  };
}

/**
 * Probabilities of the outcomes that campaigns pay for, in prices: a residual model for each outcome, of which nothing is promised, so
 * that it predicts the outcome itself. Clicks and orders are far apart in frequency, and share nothing but the directions.
 * @param outcomes their number
 */
export const createValueModel = (
  { forgetting }: Pick<ResidualModelOptions, "forgetting">,
  outcomes: number,
): ResidualModel =>
  build(
    Array.from({ length: outcomes }, () => createResidualModel({ forgetting, temperature: 0 })),
  );
