import type { ItemId } from "../../../domain/ids.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import {
  type DrawnChoice,
  type DrawnPart,
  drawnChoices,
  drawnPart,
} from "../../../policy/drawn-part.ts";
import type { ItemView } from "../../../policy/policy.ts";
import type { DrawRules } from "../../rules/draw-rules.ts";

/** Fields of a row that the rules of its draw decide. */
export type RuledFields = Pick<
  FeedbackRow,
  "candidates" | "slateCandidates" | "action" | "boosts" | "caps" | "diversity" | "fillsGroup"
>;

/** A position of a slate that chance filled. */
export interface RuledChoice {
  /** Place in the slate. */
  readonly shownAt: number;
  readonly fields: RuledFields;
}

/** Without rules each position has the candidates that the ones above have left. */
function* plainChoices(
  slate: readonly ItemId[],
  views: readonly ItemView[],
): Generator<RuledChoice> {
  let left = views;
  for (const [shownAt, itemId] of slate.entries()) {
    const candidates = left;
    const action = candidates.findIndex((view) => view.itemId === itemId);
    if (action < 0) return;
    // Rows of one candidate less cost an array each: the last position leaves no candidate.
    if (shownAt < slate.length - 1) left = candidates.filter((_, index) => index !== action);
    yield { shownAt, fields: { candidates, slateCandidates: views, action } };
  }
}

const pick = <T>(list: readonly T[], indices: readonly number[]): T[] =>
  indices.flatMap((index) => list[index] ?? []);

/** Additions to the log-odds of the candidates left, whatever the policy: boosts, and diversity given the items above. */
function addRules(
  boosts: Float64Array | undefined,
  { candidates }: DrawnPart,
  { left, tilt }: DrawnChoice,
): Float64Array | undefined {
  if (boosts === undefined) return tilt;
  return Float64Array.from(
    left,
    (index, a) => (boosts[candidates[index] ?? -1] ?? 0) + (tilt?.[a] ?? 0),
  );
}

/**
 * The positions of a slate that chance filled, each with the candidates that it had left, down to the first item outside them: a decision
 * changed by hand must not stop the loop.
 */
export function* ruledChoices(
  slate: readonly ItemId[],
  views: readonly ItemView[],
  rules: DrawRules,
): Generator<RuledChoice> {
  const { boosts, pins, caps, diversity } = rules;
  if (!(boosts || pins || caps || diversity)) return yield* plainChoices(slate, views);
  const pinned = new Set([...(pins?.values() ?? [])].map((index) => views[index]?.itemId));
  const places = [...slate.keys()].filter((place) => !pinned.has(slate[place]));
  const part = drawnPart(views.length, rules);
  const slateCandidates = pick(views, part.candidates);
  const items = places.map((place) =>
    slateCandidates.findIndex(({ itemId }) => itemId === slate[place]),
  );
  let number = 0;
  for (const choice of drawnChoices(part, items)) {
    const { left, action, fillsGroup } = choice;
    const added = addRules(boosts, part, choice);
    const fields = {
      candidates: pick(slateCandidates, left),
      slateCandidates,
      action,
      ...(added && { boosts: added }),
      ...part.rules,
      ...(fillsGroup && { fillsGroup }),
    };
    yield { shownAt: places[number++] ?? 0, fields };
  }
}
