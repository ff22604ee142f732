import { subtractTotal } from "../../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { retrieve } from "../../../src/policy/retrieve.ts";
import { createSlateSampler, type SlateSampler } from "./slate-sampler.ts";
import { type HostileWorld, mostCandidates } from "./world.ts";

/** log π over the candidates of a decision. */
export type Policy = (situation: number, kept: Int32Array) => Float64Array;

/** The values at these places. */
export function gather(values: Float64Array, places: ArrayLike<number>): Float64Array {
  const gathered = new Float64Array(places.length);
  for (let index = 0; index < gathered.length; index++) gathered[index] = values[places[index]!]!;
  return gathered;
}

/** @param logits by situation and item */
export const policyOf =
  (logits: readonly Float64Array[]): Policy =>
  (situation, kept) =>
    subtractTotal(gather(logits[situation]!, kept));

export const servingOf = ({ situations }: HostileWorld): Policy =>
  policyOf(situations.map(({ serving }) => serving));

/** The shipped retriever, which the serving policy is. */
export function createRetriever(
  { situations, cell: { items } }: HostileWorld,
  random: RandomStream,
): (situation: number) => Int32Array {
  const all = Int32Array.from({ length: items }, (_, item) => item);
  if (items <= mostCandidates) return () => all;
  // As many as are kept: no other can be among the best.
  const best = situations.map(({ serving }) => {
    const indices = bestOf(serving)
      .slice(0, mostCandidates)
      .sort((left, right) => left - right);
    return { logits: gather(serving, indices), part: { indices, of: items }, fresh: [] };
  });
  return (situation) => Int32Array.from(retrieve(best[situation]!, mostCandidates, random).kept);
}

/** Items by their logit. */
const bestOf = (logits: Float64Array): number[] =>
  [...logits.keys()].sort((left, right) => logits[right]! - logits[left]!);

/** Items that are among the candidates of every decision: a tenth of those is drawn by lot. */
export function alwaysKept(serving: Float64Array): readonly number[] {
  const order = bestOf(serving);
  return order.length <= mostCandidates ? order : order.slice(0, 0.9 * mostCandidates);
}

export interface Choice {
  readonly logs: Float64Array;
  readonly sampler: SlateSampler;
}

/** A policy's choices. Decisions with the whole catalogue have the same. */
export function createChoices(
  policy: Policy,
  { cell, exploration }: HostileWorld,
): (situation: number, kept: Int32Array) => Choice {
  const known = new Map<number, Choice>();
  return (situation, kept) => {
    const found = known.get(situation);
    if (found) return found;
    const logs = policy(situation, kept);
    const sampler = createSlateSampler(logs.map(Math.exp), { slate: cell.slate, exploration });
    if (cell.items <= mostCandidates) known.set(situation, { logs, sampler });
    return { logs, sampler };
  };
}
