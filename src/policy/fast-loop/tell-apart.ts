import type { FastDecision } from "./fast-decision.ts";
import { countFeatures, isAlikeForAll, withStates } from "./features.ts";
import { widenHead } from "./head-state.ts";
import { headOptions, type LearningOptions, type Learnt } from "./learnt.ts";
import { createLinearHead } from "./linear-head.ts";
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
  const bytes = widenHead(learnt.head.encode(), before, counts.pair - before.size);
  return {
    ...learnt,
    basis,
    states: seeFirst(learnt.states.first),
    head: createLinearHead({ ...before, size: counts.pair }, bytes),
    items: learnt.items.widen(counts.state),
  };
}
