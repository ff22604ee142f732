/** Number of a scenario's decisions at one look. */
export interface DecisionCount {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly decisions: number;
}

/** The page looks every two seconds: a rate over a minute doesn't jump about. */
const spanMs = 60_000;

/** The counts that the rate is taken from, oldest first. */
export const keepCounts = (
  earlier: readonly DecisionCount[],
  newest: DecisionCount,
): readonly DecisionCount[] => [
  ...earlier.filter(({ at }) => at < newest.at && at >= newest.at - spanMs),
  newest,
];

/**
 * Decisions a minute; `undefined` before the second look. The reward series can't show it, since it
 * lacks the open decisions.
 */
export function decisionRate(counts: readonly DecisionCount[]): number | undefined {
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined || first.at === last.at) return undefined;
  return ((last.decisions - first.decisions) * 60_000) / (last.at - first.at);
}
