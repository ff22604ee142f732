import { EngineError } from "../../domain/errors.ts";
import { userId } from "../../domain/ids.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { choose } from "../serving/choose.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { type Demonstration, putDemonstration, takeBaselines } from "./demonstrations.ts";
import type { Ranked, RankedSlot, RankRequest, RankSlot } from "./rank-request.ts";

/** Index of the largest logit, the first of equals: an untrained policy matches only by chance. */
const isLargest = (logits: Float64Array, index: number) =>
  logits.every((logit, other) => other === index || logit < (logits[index] ?? Number.NaN));

/** The policy's own choice from the same actions, which is not recorded. */
async function compare(
  parts: RecommendParts,
  { scenario, eventId }: { readonly scenario: Scenario; readonly eventId: string },
  { slot, answer }: { readonly slot: RankSlot; readonly answer: RankedSlot },
): Promise<Demonstration> {
  const candidates = slot.candidates.filter(({ itemId }) => answer.probabilities.has(itemId));
  const { context } = slot;
  const { recommendation, logits } = await choose(parts, {
    userId: userId(eventId),
    scenario: scenario.name,
    slateSize: 1,
    context,
    candidates,
  });
  const order = recommendation.decision.candidates;
  const index = order.findIndex(({ itemId }) => itemId === answer.chosen);
  return { context, candidates, chosen: answer.chosen, isMatched: isLargest(logits, index) };
}

/**
 * The caller's own choice is the answer. It is no decision, and has no rewards; the policy learns to
 * make it. @throws no_candidates if a slot has no action left
 */
export async function rankAsApprentice(
  parts: RecommendParts,
  scenario: Scenario,
  { eventId, slots }: RankRequest & { readonly eventId: string },
): Promise<Ranked> {
  const answers = takeBaselines(slots);
  if (answers.length < slots.length)
    throw new EngineError("no_candidates", "a slot has no action left; send more actions");
  const choices: Demonstration[] = [];
  for (const [index, slot] of slots.entries()) {
    const answer = answers[index];
    if (answer) choices.push(await compare(parts, { scenario, eventId }, { slot, answer }));
  }
  await putDemonstration(parts.store, eventId, { choices, now: parts.clock() });
  return { eventId, slots: answers, made: [] };
}
