import { bootstrapPair } from "../../../src/learning/bootstrap-pair.ts";
import type { ScoredRow } from "../../../src/learning/scored-row.ts";
import { bootstraps, type RowScores } from "../../../src/mpo/challengers.ts";
import { memoryHalfLives } from "../../../src/mpo/meta-settings.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { fitChoice } from "./choice-model.ts";
import {
  addSums,
  emptySums,
  featuresOf,
  fitValues,
  sumRows,
  type ValueOptions,
  type ValueSums,
} from "./fitted-values.ts";
import type { SessionRow } from "./play.ts";
import { policyLogs, type SlatePolicy } from "./slate-policy.ts";
import { massesOf, outcomeValues, type SessionTask, slateValues } from "./task.ts";

/** θ of Q by head, memory-major as in the product, and the choice model. */
export interface Critic {
  readonly heads: readonly Float64Array[];
  readonly masses: Float64Array;
}

/** By head. */
export type HeadSums = readonly ValueSums[];

const widthOf = ({ stateWidth, outcomeWidth }: SessionTask) => stateWidth + outcomeWidth;
const halfLifeOf = (head: number) => memoryHalfLives[Math.floor(head / bootstraps)]!;

export const emptyHeads = (task: SessionTask): HeadSums =>
  memoryHalfLives.flatMap(() => Array.from({ length: bootstraps }, () => emptySums(widthOf(task))));

export const addHeads = (left: HeadSums, right: HeadSums): HeadSums =>
  left.map((sums, head) => addSums(sums, right[head]!));

/** As they count a cycle later. */
export const ageHeads = (heads: HeadSums): HeadSums =>
  heads.map((sums, head) => {
    const share = 2 ** (-1 / halfLifeOf(head));
    return addSums(emptySums(sums.rewards.length), sums, share);
  });

/** Sums of new rows, the same for each memory; sessions are counted in pairs of bootstraps. */
export function sumHeads(
  rows: readonly SessionRow[],
  task: SessionTask,
  random: RandomStream,
): HeadSums {
  const counts = new Map<number, readonly [number, number]>();
  for (const { user } of rows) if (!counts.has(user)) counts.set(user, bootstrapPair(random));
  const byBootstrap = Array.from({ length: bootstraps }, (_, b) =>
    sumRows(rows, widthOf(task), (user) => counts.get(user)![b]!),
  );
  return memoryHalfLives.flatMap(() => byBootstrap);
}

/** @param rows of this cycle, for the choice model */
export const fitCritic = (
  sums: HeadSums,
  rows: readonly SessionRow[],
  { task, values }: { readonly task: SessionTask; readonly values: ValueOptions },
): Critic => ({
  heads: sums.map((one) => fitValues(one, values)),
  masses: task.learnsChoice ? fitChoice(rows, task) : task.masses,
});

/**
 * Rows as they judge policies, as src/learning/session-value.ts has it: what a step earned, and from the next one on what the
 * critic expects, (1 − γ)·r_t + γ·Q̄(s_{t+1}, o_{t+1}). The critic must not have seen the rows.
 * @param rows whole sessions, in order
 */
export function lookAhead(
  rows: readonly SessionRow[],
  { heads }: Critic,
  discount: number,
): SessionRow[] {
  const width = heads[0]!.length;
  const mean = Float64Array.from(
    { length: width },
    (_, k) => heads.reduce((sum, head) => sum + head[k]!, 0) / heads.length,
  );
  const valueAt = ({ step, outcome }: SessionRow) =>
    featuresOf(step, outcome, width).reduce((sum, x, k) => sum + x * mean[k]!, 0);
  return rows.map((row, index) => {
    const ahead = row.goesOn ? valueAt(rows[index + 1]!) : 0;
    return { ...row, reward: (1 - discount) * row.immediate + discount * ahead };
  });
}

/** What serving policy and critic say of the slates of each row. There is no discriminator. */
export function scoreRows(
  rows: readonly SessionRow[],
  { policy, critic }: { readonly policy: SlatePolicy; readonly critic: Critic },
  { slates, stateWidth }: SessionTask,
): ScoredRow<SessionRow>[] {
  const discriminator = new Float64Array(slates.length);
  return rows.map((row) => {
    const { step } = row;
    const masses = massesOf(step, critic.masses);
    const rewardHeads = critic.heads.map((weights) => {
      const state = step.state.reduce((sum, value, k) => sum + value * weights[k]!, 0);
      const values = outcomeValues(step, weights.subarray(stateWidth));
      return slateValues(values, masses, slates).map((value) => value + state);
    });
    const scores: RowScores = {
      logPolicy: policyLogs(policy, step, slates),
      rewardHeads,
      discriminator,
    };
    return { row, scores };
  });
}
