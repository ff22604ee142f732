import type { KnownRow, ModelFamily } from "../../../src/mpo/family.ts";
import type { Fold, FoldedRow } from "../../../src/mpo/judged-row.ts";
import { laboratoryLimits } from "../../../src/mpo/limits.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { fitChoice } from "./choice-model.ts";
import { fitValues, type ValueOptions } from "./fitted-values.ts";
import type { SessionRow } from "./play.ts";
import { fitPolicy, policyLogs, type SlatePolicy } from "./slate-policy.ts";
import { massesOf, outcomeValues, type SessionTask, slateValues } from "./task.ts";
import {
  addHeads,
  ageHeads,
  emptyHeads,
  expectReturns,
  type HeadSums,
  sumHeads,
} from "./value-heads.ts";

/** A step with the half that it judges. */
export interface FoldedStep extends SessionRow, FoldedRow {}

/** θ of Q by head and the choice model, with what the next cycle's critics are fitted from. */
export interface SessionCritic {
  readonly heads: readonly Float64Array[];
  readonly masses: Float64Array;
  /** Of all feedback until now, not yet aged. */
  readonly sums: HeadSums;
}

/**
 * Linear models over the steps of sessions: Q by fitted evaluation, slates as actions by SlateQ's decomposition. There is no
 * discriminator, and a slate is one position.
 */
export function createSessionFamily(
  task: SessionTask,
  values: ValueOptions,
): ModelFamily<FoldedStep, SlatePolicy, SessionCritic> {
  const { slates, stateWidth } = task;
  const discriminator = new Float64Array(slates.length);
  /** Older sums, then those of each half. */
  const sumSteps = (
    rows: readonly KnownRow<FoldedStep>[],
    from: SessionCritic | undefined,
    random: RandomStream,
  ): HeadSums => {
    const sumHalf = (half: Fold) => {
      const own = rows.filter(({ fold }) => fold === half);
      return own.length === 0 ? [] : [sumHeads(own, task, random.split(half))];
    };
    const older = from === undefined ? emptyHeads(task) : ageHeads(from.sums);
    return [...sumHalf("first"), ...sumHalf("second")].reduce(addHeads, older);
  };
  const valueSlates = ({ step }: FoldedStep, head: Float64Array, masses: Float64Array) => {
    const state = step.state.reduce((sum, value, k) => sum + value * head[k]!, 0);
    const outcomes = outcomeValues(step, head.subarray(stateWidth));
    return slateValues(outcomes, masses, slates).map((value) => value + state);
  };
  return {
    lacks: ["examination", "restraint"],
    limits: laboratoryLimits.sessions,
    fitCritic: (rows, { from, random }) => {
      const sums = sumSteps(rows, from, random);
      const heads = sums.map((one) => fitValues(one, values));
      const masses = task.learnsChoice ? fitChoice(rows, task) : task.masses;
      return { critic: { heads, masses, sums } };
    },
    scorePolicy: (policy, rows) => rows.map(({ step }) => policyLogs(policy, step, slates)),
    scoreCritic: ({ heads, masses }, rows) =>
      rows.map((row) => {
        const own = massesOf(row.step, masses);
        return { discriminator, rewardHeads: heads.map((head) => valueSlates(row, head, own)) };
      }),
    movePolicy: (policy, moves, { critic }) => ({
      policy: fitPolicy({ ...policy, masses: critic.masses }, moves, slates),
    }),
    lookAhead: (scored, { heads }) =>
      expectReturns(
        scored.map(({ row }) => row),
        heads,
        values.discount,
      ),
  };
}
