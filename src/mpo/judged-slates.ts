import { createCapCounter, type SlateCaps } from "../domain/slate-caps.ts";
import type { SlateRule, ValuedSlate } from "../evaluation/slates/slate-drawer.ts";
import { drawsOf, type SlateDraws } from "../evaluation/slates/slate-draws.ts";
import { createMarginals, type SlateMarginals } from "../evaluation/slates/slate-marginals.ts";
import { accumulate, conditionalsOf } from "../evaluation/slates/slate-prefix.ts";
import { meanOf } from "../numeric/statistics.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import { evenMemory, rewardMoments, type ScoredRow } from "./row-scores.ts";

/** Rows of one decision: they follow each other, from position 0 on. */
export interface JudgedSlate {
  /** Index of the row of position 0, whose candidates are all of the decision. */
  readonly start: number;
  /** Shown items, position 0 first, as indices into those candidates. */
  readonly items: readonly number[];
}

/**
 * Rows that a judge can weigh. A foreign row below position 0 is none: its logged propensity is given the items above, and its
 * marginal one is unknown. Weights of the whole prefix need the logged propensities alone.
 */
export const isJudged = ({ isForeign, trainsOnly, isCascade, position }: JudgedRow): boolean =>
  trainsOnly !== true && (isForeign !== true || position === 0 || isCascade === true);

/** Index among the first candidates, of an index among those that the items before have left. */
function originalIndex(action: number, before: readonly number[]): number {
  let index = action;
  for (const taken of before.toSorted((left, right) => left - right)) if (taken <= index) index++;
  return index;
}

/** The same if caps have left fewer. */
function indexUnderCaps(caps: SlateCaps, action: number, before: readonly number[]): number {
  const { closed, take } = createCapCounter(caps);
  for (const taken of before) take(taken);
  const left = [...closed.keys()].filter((index) => closed[index] === 0);
  const found = left[action];
  if (found === undefined)
    throw new RangeError(`the caps leave ${left.length} candidates, not index ${action}`);
  return found;
}

/** @throws RangeError if a position does not follow the one above it, or its item is one that a cap forbids */
export function readSlates(rows: readonly Pick<ScoredRow, "row">[]): readonly JudgedSlate[] {
  const slates: { start: number; items: number[] }[] = [];
  for (const [index, { row }] of rows.entries()) {
    const slate = slates.at(-1);
    if (row.position === 0) slates.push({ start: index, items: [row.action] });
    else if (slate?.items.length === row.position)
      slate.items.push(
        row.caps
          ? indexUnderCaps(row.caps, row.action, slate.items)
          : originalIndex(row.action, slate.items),
      );
    else
      throw new RangeError(
        `rows[${index}].position must follow the row before, got ${row.position}`,
      );
  }
  return slates;
}

/** A slate on which several policies are compared, on the same draws: errors that two of them share cancel in their difference. */
export interface OpenedSlate extends JudgedSlate {
  /** Of position 0. */
  readonly row: JudgedRow;
  /** Absent of a slate of one. */
  readonly draws?: SlateDraws;
}

/** @param row of position 0 */
export function openSlate(row: JudgedRow, slate: JudgedSlate): OpenedSlate {
  const length = Math.max(slate.items.length, row.asked ?? 0);
  return { ...slate, row, ...(length > 1 && { draws: drawsOf(slate.start, length) }) };
}

/** A policy on a slate. If earlier items change a reward, `logged` has the probability of the whole prefix down to each item. */
export interface FilledSlate extends SlateMarginals {
  /** P(a | the logged items above), K for each position; present if earlier items change a reward. */
  readonly conditionals?: readonly Float64Array[];
}

/** A slate of one has no prefix to be drawn. */
function fillFirst(row: JudgedRow, { items, values }: ValuedSlate, rule: SlateRule): FilledSlate {
  const served = rule.policies[0]!.map((probability) => servedProbability(probability, row));
  const direct = served.reduce((sum, probability, a) => sum + probability * values[a]!, 0);
  const logged = Float64Array.of(served[items[0]!]!);
  const above = (features: readonly Float64Array[]) => features.map(() => Float64Array.of(0));
  return { logged, direct: Float64Array.of(direct), positions: () => [served], above };
}

function followPrefix(marginals: SlateMarginals, rule: SlateRule, items: readonly number[]) {
  const conditionals = conditionalsOf(rule, items);
  const logged = accumulate(items.map((item, k) => conditionals[k]![item]!));
  return { ...marginals, conditionals, logged };
}

/** A policy on a slate, given log π of its candidates and their values. All but `logged` and `direct` is valid until the next call. */
export function createFilling(): (
  slate: OpenedSlate,
  logs: Float64Array,
  values: Float64Array,
) => FilledSlate {
  const fill = createMarginals();
  let policy: Float64Array = new Float64Array();
  return ({ row, items, draws }, logs, values) => {
    if (policy.length !== logs.length) policy = new Float64Array(logs.length);
    for (let a = 0; a < logs.length; a++) policy[a] = Math.exp(logs[a]!);
    const { exploration, caps, diversity, asked } = row;
    const rules = { ...(caps && { caps }), ...(diversity && { diversity }) };
    const rule = { policies: [policy], exploration, ...rules };
    if (draws === undefined) return fillFirst(row, { items, values }, rule);
    const slate = { items, values, ...(asked !== undefined && { asked }) };
    const marginals = fill(rule, slate, draws);
    return row.isCascade ? followPrefix(marginals, rule, items) : marginals;
  };
}

/** The uniform choice on a slate, which no diversity changes. Without caps each candidate is as likely at each position. */
export function createUniformFilling(): (
  slate: OpenedSlate,
  values: Float64Array,
) => Pick<FilledSlate, "logged" | "direct"> {
  const fill = createFilling();
  return (slate, values) => {
    const { row, items, draws } = slate;
    const { length: count } = values;
    if (row.caps && draws) {
      const uniform = { ...slate, row: { ...row, exploration: 1 } };
      return fill(uniform, new Float64Array(count).fill(-Math.log(count)), values);
    }
    const logged = row.isCascade
      ? accumulate(items.map((_, k) => 1 / (count - k)))
      : new Float64Array(items.length).fill(1 / count);
    return { logged, direct: new Float64Array(items.length).fill(meanOf(values)) };
  };
}

/**
 * Control variate of all judges: Q̄ less σ_Q of all candidates of a row's slate, once for all of its rows. Policies are selected by Q̄, and
 * beyond the clip of their weights no row corrects it: Q̄ itself would vouch for its own errors there (docs/decisions/0122).
 */
export function slateValues(
  rows: readonly Pick<ScoredRow, "row" | "scores">[],
): readonly Float64Array[] {
  return readSlates(rows).flatMap(({ start, items }) => {
    const { mean, deviation } = rewardMoments(rows[start]!.scores, evenMemory);
    const values = mean.map((value, a) => value - deviation[a]!);
    return items.map(() => values);
  });
}
