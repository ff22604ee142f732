import type { SlateDraws } from "../../../src/evaluation/slates/slate-draws.ts";
import { createMarginals } from "../../../src/evaluation/slates/slate-marginals.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { createRetriever, gather, type Policy, servingOf } from "./policies.ts";
import { examination, type HostileWorld, mostCandidates, signOf } from "./world.ts";

/** A decision at the time when a candidate would take over. */
interface State {
  readonly situation: number;
  readonly kept: Int32Array;
}

/** True values of policies, all on the same states and draws. */
export interface Value {
  readonly states: readonly State[];
  /** Change of the rarer outcome's rate to the serving policy's as a share of it, positive if it is better. */
  liftOf(policy: Policy): number;
}

/** Sets of candidates of each kind of user: but for the lots all are the same. */
const retrievals = 4;
/** Drawn slates of each kind of user. The mean of their conditional expectations is known to a thousandth or two. */
const slates = 512;

export function openValue(world: HostileWorld, random: RandomStream): Value {
  const { cell, exploration, situations, last } = world;
  const times = cell.items <= mostCandidates ? 1 : retrievals;
  const retrieve = createRetriever(world, random.split("lots"));
  const states = last.flatMap((situation) =>
    Array.from({ length: times }, () => ({ situation, kept: retrieve(situation) })),
  );
  const draws: SlateDraws = {
    draws: slates / times,
    uniforms: Float64Array.from({ length: (slates / times) * cell.slate }, () => random.uniform()),
  };
  const appeals = states.map(({ situation, kept }) => gather(situations[situation]!.appeal, kept));
  const shown = Array.from({ length: cell.slate }, (_, position) => position);
  const fill = createMarginals();
  const rateOf = (policy: Policy) => {
    let rate = 0;
    for (const [index, { situation, kept }] of states.entries()) {
      const rule = { policies: [policy(situation, kept).map(Math.exp)], exploration };
      const { direct } = fill(rule, { items: shown, values: appeals[index]! }, draws);
      for (const [position, value] of direct.entries()) rate += value * examination(position);
    }
    return rate;
  };
  const before = rateOf(servingOf(world));
  return { states, liftOf: (policy) => signOf(cell) * (rateOf(policy) / before - 1) };
}
