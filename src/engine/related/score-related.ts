import type { HistoryEntry } from "../../domain/behaviour.ts";
import { itemId } from "../../domain/ids.ts";
import type { RelatedTo } from "../../domain/related.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { viewsAt } from "../../policy/list-part.ts";
import type { ItemView, Policy } from "../../policy/policy.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import { assertFinite, dropHidden } from "../serving/retriever.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { createState } from "../state/read-state.ts";
import { similarities } from "./token-index.ts";

/** Input of the relatedness of items, all as of one event number. */
export interface RelatedParts {
  readonly catalogue: Catalogue;
  readonly scenario: Scenario;
  readonly offered: OfferedItems;
  /** The scenario's retriever; absent before its first learned policy. */
  readonly policy: Policy | undefined;
}

/** The strongest event that the scenario knows. */
function likedOnce({ reward }: Scenario, item: string): HistoryEntry {
  const types = Object.entries(reward.weights).sort(([, left], [, right]) => right - left);
  return { sequence: 0, itemId: itemId(item), type: types[0]?.[0] ?? "", value: 1, occurredAt: 0 };
}

/** Logits for a user without events: the same for every item and request, as long as the list stays. */
const strangers = new WeakMap<Policy, WeakMap<readonly ItemView[], Float64Array>>();

/**
 * log-odds of each item for a user whose only event is with this one, less those for a user without events: the pointwise mutual
 * information of "takes the one" and "takes the other next" (Church & Hanks 1990), as the retriever has learnt it.
 */
async function lifts(
  policy: Policy,
  item: string,
  { catalogue, scenario, offered: { list, hidden } }: RelatedParts,
): Promise<Float64Array> {
  const logitsAfter = async (history: readonly HistoryEntry[]) => {
    const user = { history, attributes: {} };
    const state = createState({ user, catalogue, scenario, context: {} });
    const logits = await policy.logits(state, list);
    assertFinite(logits);
    return logits;
  };
  const known = strangers.get(policy) ?? new WeakMap<readonly ItemView[], Float64Array>();
  strangers.set(policy, known);
  const before = known.get(list) ?? (await logitsAfter([]));
  known.set(list, before);
  const after = await logitsAfter([likedOnce(scenario, item)]);
  const lifted = after.map((logit, place) => logit - (before[place] ?? Number.NaN));
  return dropHidden(lifted, hidden);
}

/** Scores of the items of a list that can be among the closest. */
interface ClosestScores {
  /** Indices into the list, ascending; none is hidden. */
  readonly indices: ArrayLike<number>;
  readonly scores: Float64Array;
}

/** The same of the items that can be among the `count` closest; undefined if all have to be looked at. */
export async function liftBest(
  { itemId: item, kind }: RelatedTo,
  { catalogue, scenario, policy, offered: { list, hidden, count: offered } }: RelatedParts,
  count: number,
): Promise<ClosestScores | undefined> {
  if (kind !== "complementary" || policy?.findBest === undefined) return undefined;
  const stateAfter = (history: readonly HistoryEntry[]) => {
    const user = { history, attributes: {} };
    return createState({ user, catalogue, scenario, context: {} });
  };
  const [state, less] = [stateAfter([likedOnce(scenario, item)]), stateAfter([])];
  const indices = await policy.findBest(state, list, { count, hidden, less });
  // All are alike for a policy that knows no sequence.
  if (indices === undefined || indices.length >= offered) return undefined;
  const views = viewsAt(list, indices);
  const after = await policy.logits(state, views);
  const before = await policy.logits(less, views);
  const scores = after.map((logit, place) => logit - (before[place] ?? Number.NaN));
  assertFinite(scores);
  return { indices, scores };
}

/** A policy that no event moves knows no sequence. */
const areEqual = (numbers: Float64Array) => numbers.every((number) => number === numbers[0]);

/**
 * Relatedness of each offered item, higher is closer: the cosine of features, or the lift of its log-odds by an event with the item. If
 * the policy knows no sequence, complementary items are similar ones.
 */
export async function scoreRelated(
  { itemId: item, kind }: RelatedTo,
  parts: RelatedParts,
): Promise<Float64Array> {
  const { catalogue, offered, policy } = parts;
  if (kind === "complementary" && policy !== undefined) {
    const scores = await lifts(policy, item, parts);
    if (!areEqual(scores)) return scores;
  }
  const { list, hidden } = offered;
  return dropHidden(similarities(list, catalogue.get(itemId(item))), hidden);
}
