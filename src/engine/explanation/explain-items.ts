import type { Decision } from "../../domain/decision.ts";
import type { ExplainedItem, RaisingEvent } from "../../domain/explanation.ts";
import { placeChances, type SlateShift } from "../../policy/slate-shift.ts";
import type { DerivedSlate } from "./slate-without.ts";

const mostRaising = 3;

function raisingEvents(
  shifts: ReadonlyMap<number, SlateShift>,
  position: number,
): readonly RaisingEvent[] {
  return [...shifts]
    .map(([event, { logRatios }]) => ({ event, logRatio: logRatios[position] ?? 0 }))
    .filter(({ logRatio }) => logRatio > 0)
    .sort((left, right) => right.logRatio - left.logRatio)
    .slice(0, mostRaising);
}

async function createTerms({ derived, rules: { boosts } }: DerivedSlate) {
  const all = Object.entries({ ...(await derived.terms()), ...(boosts && { boost: boosts }) });
  return (candidate: number, diversity: number | undefined) => {
    const own = all.map(([name, values]) => [name, values[candidate] ?? Number.NaN] as const);
    if (diversity !== undefined) own.push(["diversity", diversity]);
    return { terms: Object.fromEntries(own), score: own.reduce((sum, [, one]) => sum + one, 0) };
  };
}

/** @param shifts by place in the history, of the events that were left out */
export async function explainItems(
  { slate: shown, positionPropensities }: Pick<Decision, "slate" | "positionPropensities">,
  slate: DerivedSlate,
  shifts: ReadonlyMap<number, SlateShift>,
): Promise<readonly ExplainedItem[]> {
  const termsOf = await createTerms(slate);
  return placeChances(slate).flatMap(({ diversity, ...chance }, position) => {
    const [itemId, candidate] = [shown[position], slate.order[position]];
    if (itemId === undefined || candidate === undefined) return [];
    const propensity = positionPropensities[position] ?? Number.NaN;
    const raisedBy = raisingEvents(shifts, position);
    return [
      { itemId, position, propensity, ...termsOf(candidate, diversity), ...chance, raisedBy },
    ];
  });
}
