import { createRandom } from "../numeric/random.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import type { RowScores, ScoredRow } from "./row-scores.ts";
import { type SlateDraws, slateMarginals } from "./slate-marginals.ts";

/** Rows of one decision: they follow each other, from position 0 on. */
export interface JudgedSlate {
  /** Index of the row of position 0, whose candidates are all of the decision. */
  readonly start: number;
  /** Shown items, position 0 first, as indices into those candidates. */
  readonly items: readonly number[];
}

/** Where a policy puts the candidates of a decision. */
export interface ServedSlate {
  /** P(candidate a at position k), exploration included: K for each position. */
  readonly positions: readonly Float64Array[];
  /** P(the shown item at its own position). */
  readonly logged: Float64Array;
}

/**
 * Rows that a judge can weigh. A foreign row below position 0 is none: its logged propensity is given the items above, and its
 * marginal one is unknown.
 */
export const isJudged = ({ isForeign, position }: JudgedRow): boolean =>
  isForeign !== true || position === 0;

/** Index among the first candidates, of an index among those that the items before have left. */
function originalIndex(action: number, before: readonly number[]): number {
  let index = action;
  for (const taken of before.toSorted((left, right) => left - right)) if (taken <= index) index++;
  return index;
}

/** @throws RangeError if a position does not follow the one above it */
export function readSlates(rows: readonly Pick<ScoredRow, "row">[]): readonly JudgedSlate[] {
  const slates: { start: number; items: number[] }[] = [];
  for (const [index, { row }] of rows.entries()) {
    const slate = slates.at(-1);
    if (row.position === 0) slates.push({ start: index, items: [row.action] });
    else if (slate?.items.length === row.position)
      slate.items.push(originalIndex(row.action, slate.items));
    else
      throw new RangeError(
        `rows[${index}].position must follow the row before, got ${row.position}`,
      );
  }
  return slates;
}

/** Standard error of a marginal: at most 1/(2·√draws), and far less if no item has most of the mass. */
const drawsPerSlate = 64;
const drawSeed = 1977;

function drawsOf({ start, items: { length } }: JudgedSlate): SlateDraws {
  const random = createRandom(drawSeed).split(start);
  const uniforms = Float64Array.from({ length: drawsPerSlate * length }, () => random.uniform());
  return { draws: drawsPerSlate, uniforms };
}

/**
 * Serves one slate by several policies, on the same draws: errors that two policies share cancel in their difference.
 * @param row of position 0
 * @returns a function of log π of its candidates
 */
export function serveSlate(
  row: JudgedRow,
  slate: JudgedSlate,
): (logs: Float64Array) => ServedSlate {
  const { items } = slate;
  if (items.length > 1) {
    const draws = drawsOf(slate);
    const { exploration } = row;
    return (logs) => slateMarginals({ policy: logs.map(Math.exp), exploration }, items, draws);
  }
  return (logs) => {
    const served = logs.map((log) => servedProbability(Math.exp(log), row));
    return { positions: [served], logged: Float64Array.of(served[items[0]!]!) };
  };
}

/** Values of all candidates of a row's slate, once for all of its rows. */
export function slateValues(
  rows: readonly Pick<ScoredRow, "row" | "scores">[],
  valuesOf: (scores: RowScores) => Float64Array,
): readonly Float64Array[] {
  return readSlates(rows).flatMap(({ start, items }) => {
    const values = valuesOf(rows[start]!.scores);
    return items.map(() => values);
  });
}
