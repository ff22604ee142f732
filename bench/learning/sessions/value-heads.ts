import { bootstrapPair } from "../../../src/learning/bootstrap-pair.ts";
import { memoryHalfLives } from "../../../src/mpo/meta-settings.ts";
import { bootstraps } from "../../../src/mpo/row-scores.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { addSums, emptySums, featuresOf, sumRows, type ValueSums } from "./fitted-values.ts";
import type { SessionRow } from "./play.ts";
import type { SessionTask } from "./task.ts";

/** By head, memory-major as in the product. */
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

/**
 * Rewards as rows judge policies, as src/learning/session-value.ts has it: what a step earned, and from the next one on what the
 * critic expects, (1 − γ)·r_t + γ·Q̄(s_{t+1}, o_{t+1}). The critic must not have seen the rows.
 * @param rows whole sessions, in order; @param heads θ of Q by head
 */
export function expectReturns(
  rows: readonly SessionRow[],
  heads: readonly Float64Array[],
  discount: number,
): number[] {
  const width = heads[0]!.length;
  const mean = Float64Array.from(
    { length: width },
    (_, k) => heads.reduce((sum, head) => sum + head[k]!, 0) / heads.length,
  );
  const valueAt = ({ step, outcome }: SessionRow) =>
    featuresOf(step, outcome, width).reduce((sum, x, k) => sum + x * mean[k]!, 0);
  return rows.map((row, index) => {
    const ahead = row.goesOn ? valueAt(rows[index + 1]!) : 0;
    return (1 - discount) * row.immediate + discount * ahead;
  });
}
