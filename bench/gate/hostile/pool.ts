import { clopperPearsonInterval } from "../../../src/evaluation/intervals/clopper-pearson.ts";
import { type Cell, type Factor, factorNames, factors } from "./cells.ts";
import type { Life } from "./life.ts";

/** The candidates of a cell. */
export interface CellLives {
  readonly cell: Cell;
  readonly lives: readonly Life[];
}

/** Candidates that a promotion of in full would be wrong for. */
export const claims = {
  "no gain": ({ lift }: Life) => lift <= 0 && lift > -0.05,
  "10 % worse": ({ kind }: Life) => kind === "worse",
} as const;
export type Claim = keyof typeof claims;

export const isPromoted = ({ end }: Life): boolean => end === "promote" || end === "promoted live";

export interface Pooled {
  readonly claim: Claim;
  readonly factor: Factor | "all";
  readonly level: string;
  readonly candidates: number;
  readonly promoted: number;
  /** One-sided 95 % bound of the rate (Clopper & Pearson). */
  readonly upper: number;
}

const bound = (promoted: number, candidates: number): number =>
  clopperPearsonInterval({ successes: promoted, trials: candidates, level: 0.9 }).upper;

function pool(
  lives: readonly Life[],
  about: Pick<Pooled, "claim" | "factor" | "level">,
): readonly Pooled[] {
  const own = lives.filter(claims[about.claim]);
  if (own.length === 0) return [];
  const promoted = own.filter(isPromoted).length;
  const candidates = own.length;
  return [{ ...about, candidates, promoted, upper: bound(promoted, candidates) }];
}

/** Wrong promotions of each claim, over all cells and by each level of each factor. */
export function poolByLevel(cells: readonly CellLives[]): readonly Pooled[] {
  const livesAt = (isIn: (cell: Cell) => boolean) =>
    cells.flatMap(({ cell, lives }) => (isIn(cell) ? lives : []));
  return (Object.keys(claims) as readonly Claim[]).flatMap((claim) => [
    ...pool(
      livesAt(() => true),
      { claim, factor: "all", level: "" },
    ),
    ...factorNames.flatMap((factor) =>
      factors[factor].flatMap((level) =>
        pool(
          livesAt((cell) => cell[factor] === level),
          { claim, factor, level: `${level}` },
        ),
      ),
    ),
  ]);
}

/** Cells in which more than 5 % of the candidates without a gain are promoted, with 99.9 % confidence. */
export const countBadCells = (cells: readonly CellLives[]): number =>
  cells.filter(({ lives }) => {
    const wrong = lives.filter(({ lift }) => lift <= 0);
    const promoted = wrong.filter(isPromoted).length;
    if (promoted === 0) return false;
    const { lower } = clopperPearsonInterval({
      ...{ successes: promoted, trials: wrong.length, level: 0.998 },
    });
    return lower > 0.05;
  }).length;
