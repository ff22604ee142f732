import { type PlaceChoice, type PlaceRules, slateChoices } from "./slate.ts";

/** A slate with the logits of its candidates, boosts included. */
export interface DrawnSlate {
  readonly logits: Float64Array;
  /** Indices of the shown candidates. */
  readonly order: readonly number[];
  readonly exploration: number;
  readonly rules: PlaceRules;
}

/** Difference that other logits make to a slate. */
export interface SlateShift {
  /** Mean over the drawn positions of ½·Σ|p − p′|, given the shown items above; 0 without drawn positions. */
  readonly shift: number;
  /** ln(p/p′) of the shown item by position, 0 at a pinned one. */
  readonly logRatios: readonly number[];
}

const totalVariation = (one: Float64Array, other: Float64Array) =>
  one.reduce((sum, p, a) => sum + Math.abs(p - other[a]!), 0) / 2;

/** @param logits p′, boosts included */
export function compareSlates(slate: DrawnSlate, logits: Float64Array): SlateShift {
  const before = slateChoices(slate);
  const after = slateChoices({ ...slate, logits });
  let [sum, drawn] = [0, 0];
  const logRatios = slate.order.map((shown, position) => {
    const [one, other] = [before[position]?.probabilities, after[position]?.probabilities];
    if (one === undefined || other === undefined) return 0;
    sum += totalVariation(one, other);
    drawn++;
    return Math.log(one[shown]! / other[shown]!);
  });
  return { shift: drawn === 0 ? 0 : sum / drawn, logRatios };
}

/** The part of chance and rules in a position: see `ExplainedItem`. */
export interface PlaceChance {
  readonly rank?: number;
  readonly open?: number;
  readonly capped?: number;
  readonly explored: number;
  readonly pinned: boolean;
  /** Part of the items above in the shown one's log-odds, ≤ 0; absent without diversity. */
  readonly diversity?: number;
}

function placeChance(
  { logits, order, exploration, rules }: DrawnSlate,
  position: number,
  choice: PlaceChoice | undefined,
): PlaceChance {
  if (choice === undefined) return { explored: 0, pinned: true };
  const { probabilities, logits: tilted } = choice;
  const shown = order[position]!;
  const taken = new Set([...order.slice(0, position), ...(rules.pins?.values() ?? [])]);
  const open = probabilities.filter((p) => p > 0).length;
  const isBetter = (p: number, a: number) => p > 0 && tilted[a]! > tilted[shown]!;
  return {
    rank: 1 + probabilities.filter(isBetter).length,
    open,
    capped: logits.length - open - taken.size,
    explored: exploration / open / probabilities[shown]!,
    pinned: false,
    ...(rules.diversity && { diversity: tilted[shown]! - logits[shown]! }),
  };
}

/** By position. */
export const placeChances = (slate: DrawnSlate): readonly PlaceChance[] =>
  slateChoices(slate).map((choice, position) => placeChance(slate, position, choice));
