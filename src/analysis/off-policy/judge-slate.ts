import type { SlateRule } from "../../evaluation/slates/slate-drawer.ts";
import { drawsOf } from "../../evaluation/slates/slate-draws.ts";
import { createMarginals } from "../../evaluation/slates/slate-marginals.ts";
import { accumulate } from "../../evaluation/slates/slate-prefix.ts";
import type { LogRow } from "./decision-log.ts";
import type { LoggingPolicies } from "./logging-policies.ts";
import type { RewardTable } from "./reward-table.ts";
import type { Choice, TargetPolicy } from "./target-policy.ts";

/** A row of a log, and the same as a target sees it. */
export interface ChosenRow {
  readonly row: LogRow;
  readonly choice: Choice;
}

/** Columns of the rows of one slate. */
export interface SlateColumns {
  readonly judgedBy: "marginals" | "prefix";
  readonly propensities: ArrayLike<number>;
  readonly targetProbabilities: ArrayLike<number>;
  readonly directValues: ArrayLike<number>;
  /** π of each row's candidates given the logged items above, if they were asked for. */
  readonly conditionals?: readonly ArrayLike<number>[];
}

type Predict = Pick<RewardTable, "predict">["predict"];

const expectValue = (probabilities: ArrayLike<number>, predict: (candidate: number) => number) => {
  let sum = 0;
  for (let a = 0; a < probabilities.length; a++) sum += probabilities[a]! * predict(a);
  return sum;
};

/**
 * By the logged items above alone: w_{<k}·Σ_a π(a | above)·q̂(k, a), and the probabilities of the prefix down to k. Of one row it is
 * the row itself.
 */
async function followPrefix(
  rows: readonly ChosenRow[],
  target: TargetPolicy,
  predict: Predict,
): Promise<SlateColumns> {
  const conditionals: ArrayLike<number>[] = [];
  // One after the other: the lines of a file are read in their order.
  for (const { choice } of rows) conditionals.push(await target.probabilities(choice));
  const propensities = accumulate(rows.map(({ row }) => row.propensity));
  const targetProbabilities = accumulate(
    rows.map(({ row, choice }, k) => conditionals[k]![choice.candidates.indexOf(row.action)]!),
  );
  const directValues = rows.map(({ row, choice }, k) => {
    const before = k === 0 ? 1 : targetProbabilities[k - 1]! / propensities[k - 1]!;
    const direct = expectValue(conditionals[k]!, (a) =>
      predict(row.position, choice.candidates[a]!),
    );
    return before * direct;
  });
  return { judgedBy: "prefix", propensities, targetProbabilities, directValues, conditionals };
}

interface SlateRules {
  readonly target: SlateRule;
  readonly logging: SlateRule;
}

/** Both policies' rules, if both are known. */
async function findRules(
  rows: readonly ChosenRow[],
  target: TargetPolicy,
  logging: LoggingPolicies | undefined,
): Promise<SlateRules | undefined> {
  const { choice } = rows[0]!;
  if (rows.length === 1 || target.rule === undefined || choice.decision === undefined)
    return undefined;
  const made = await logging?.rule(choice.decision);
  if (made === undefined) return undefined;
  const { policies, exploration, ...rules } = made;
  const own = await target.rule(choice, rows.length);
  return { logging: made, target: { ...own, ...rules } };
}

/**
 * Makes the columns of a log's slates, as the gate does: by item–position marginals of both policies on the same draws. If the
 * logging policy is unknown, or the target but for the logged items above, by weights of the whole prefix, which need neither.
 */
export function createSlateJudge(options: {
  readonly target: TargetPolicy;
  readonly logging: LoggingPolicies | undefined;
  readonly predict: Predict;
}): (rows: readonly ChosenRow[]) => Promise<SlateColumns> {
  const { target, logging, predict } = options;
  const [fillTarget, fillLogging] = [createMarginals(), createMarginals()];
  return async (rows) => {
    const rules = await findRules(rows, target, logging);
    if (rules === undefined) return followPrefix(rows, target, predict);
    const { candidates, row: number } = rows[0]!.choice;
    const items = rows.map(({ row }) => candidates.indexOf(row.action));
    // q̂ depends on the position, so that values are read from the marginals of each.
    const { draw } = rows[0]!.choice.decision ?? {};
    const asked = rules.target.caps ? (draw?.slateSize ?? 0) - (draw?.pinned?.length ?? 0) : 0;
    const slate = { items, values: new Float64Array(candidates.length), asked };
    const draws = drawsOf(number, Math.max(items.length, asked));
    const made = fillLogging(rules.logging, slate, draws);
    const proposed = fillTarget(rules.target, slate, draws);
    const directValues = new Float64Array(items.length);
    // Of a slate that caps have ended, further positions count at the last.
    for (const [k, probabilities] of proposed.positions().entries())
      directValues[Math.min(k, items.length - 1)]! += expectValue(probabilities, (a) =>
        predict(k, candidates[a]!),
      );
    // Position 0 has no draws in it: the logged propensity is its own.
    const propensities = made.logged.with(0, rows[0]!.row.propensity);
    return {
      judgedBy: "marginals",
      propensities,
      directValues,
      targetProbabilities: proposed.logged,
    };
  };
}
