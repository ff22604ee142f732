import { isAlikeForAll, withStates } from "./basis.ts";
import type { FastDecision } from "./fast-decision.ts";
import { countFeatures } from "./features.ts";
import { headOptions, type LearningOptions, type Learnt } from "./learnt.ts";
import { createHead, widenToMixed } from "./mixed-head.ts";
import { seeFirst, seeStates } from "./states-seen.ts";

/**
 * Gives a model features of users, once enough of them differ: in a new scenario nobody has a history at first. It keeps its events, in
 * which these features were 0.
 */
export function tellApart(
  options: LearningOptions,
  learnt: Learnt,
  block: readonly FastDecision[],
): Learnt {
  if (!isAlikeForAll(learnt.basis)) return learnt;
  const states = seeStates(
    learnt.states,
    block.map(({ towers }) => towers.state),
  );
  if (states === undefined) return learnt;
  const basis = withStates(learnt.basis, states);
  const counts = countFeatures(basis);
  const before = headOptions(options, learnt);
  const bytes = widenToMixed(learnt.head.encode(), before, {
    added: counts.pair - counts.fourier - before.size,
    optional: counts.fourier,
  });
  return {
    ...learnt,
    basis,
    states: seeFirst(learnt.states.first),
    head: createHead({ ...before, size: counts.pair, optional: counts.fourier }, bytes),
    items: learnt.items.widen(counts.state),
  };
}
