import { clopperPearsonInterval } from "../../../src/evaluation/intervals/clopper-pearson.ts";
import { type Cell, type Factor, factorNames, factors } from "./cells.ts";
import type { Life } from "./life.ts";

/** Candidates of a cell that share a log. */
export interface Run {
  readonly cell: Cell;
  readonly lives: readonly Life[];
}

/** Candidates that a promotion of in full would be wrong for. */
export const claims = {
  "no gain": ({ lift }: Life) => lift <= 0 && lift > -0.05,
  "10 % worse": ({ kind }: Life) => kind === "worse",
} as const;
export type Claim = keyof typeof claims;

export const isPromoted = ({ end }: Life): boolean => end.startsWith("promote");

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Promotions among the candidates of one run. */
interface Count {
  readonly candidates: number;
  readonly promoted: number;
}

const count = (lives: readonly Life[]): Count => ({
  candidates: lives.length,
  promoted: lives.filter(isPromoted).length,
});

/**
 * ρ = Σ_runs Σ_{i≠j} e_i·e_j / (p(1 − p)·Σ_runs n(n − 1)) of e = promoted − p: the correlation of candidates that share a log, between
 * 0 and 1. Without a promotion nothing is known of it: it counts as 1.
 */
export function correlationOf(counts: readonly Count[]): number {
  const candidates = sum(counts.map((one) => one.candidates));
  const rate = sum(counts.map(({ promoted }) => promoted)) / candidates;
  const pairs = sum(counts.map(({ candidates: n }) => n * (n - 1)));
  if (rate === 0 || rate === 1) return 1;
  if (pairs === 0) return 0;
  const products = counts.map(({ candidates: n, promoted: k }) => {
    const squares = k * (1 - rate) ** 2 + (n - k) * rate ** 2;
    return (k - n * rate) ** 2 - squares;
  });
  return Math.min(1, Math.max(0, sum(products) / (rate * (1 - rate) * pairs)));
}

export interface Rate extends Count {
  /** Independent candidates that tell as much: n/(1 + (Σn²/Σn − 1)·ρ), the design effect of Kish 1965. */
  readonly effective: number;
  /** One-sided bounds (Clopper & Pearson 1934 at the effective number). */
  readonly upper: number;
  readonly lower: number;
}

/** @param tail error of each one-sided bound */
export function rateOf(counts: readonly Count[], correlation: number, tail: number): Rate {
  const candidates = sum(counts.map((one) => one.candidates));
  const promoted = sum(counts.map((one) => one.promoted));
  if (candidates === 0) return { candidates, promoted, effective: 0, lower: 0, upper: 1 };
  const mean = sum(counts.map((one) => one.candidates ** 2)) / candidates;
  const effective = candidates / (1 + (mean - 1) * correlation);
  const { lower, upper } = clopperPearsonInterval({
    successes: (promoted * effective) / candidates,
    trials: effective,
    level: 1 - 2 * tail,
  });
  return { candidates, promoted, effective, lower, upper };
}

export interface Pooled extends Rate {
  readonly claim: Claim;
  readonly factor: Factor | "all";
  readonly level: string;
}

/** Wrong promotions of each claim, over all cells and by each level of each factor. */
export function poolByLevel(runs: readonly Run[]): readonly Pooled[] {
  const levels = factorNames.flatMap((factor) =>
    factors[factor].map((level) => ({
      factor,
      level: `${level}`,
      isIn: (cell: Cell) => cell[factor] === level,
    })),
  );
  const all = { factor: "all", level: "", isIn: () => true } as const;
  // That of all candidates without a gain, the worse ones among them: those that are 10 % worse are hardly ever promoted.
  const correlation = correlationOf(
    runs.map(({ lives }) => count(lives.filter(({ lift }) => lift <= 0))),
  );
  return (Object.keys(claims) as readonly Claim[]).flatMap((claim) =>
    [all, ...levels].map(({ factor, level, isIn }) => {
      const counts = runs
        .filter(({ cell }) => isIn(cell))
        .map(({ lives }) => count(lives.filter(claims[claim])));
      return { claim, factor, level, ...rateOf(counts, correlation, 0.05) };
    }),
  );
}

/** Cells in which more than 5 % of the candidates without a gain are promoted, with 99.9 % confidence. */
export function countBadCells(runs: readonly Run[]): number {
  const countOf = ({ lives }: Run) => count(lives.filter(({ lift }) => lift <= 0));
  const correlation = correlationOf(runs.map(countOf));
  const cells = [...new Set(runs.map(({ cell }) => cell))];
  return cells.filter((cell) => {
    const own = runs.filter((run) => run.cell === cell).map(countOf);
    return rateOf(own, correlation, 0.001).lower > 0.05;
  }).length;
}
