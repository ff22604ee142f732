import type { Candidate } from "../../domain/decision.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { Store } from "../../storage/store.ts";
import type { RankedSlot, RankSlot } from "./rank-request.ts";

/** A choice of the caller's, which the policy learns to make. */
export interface Demonstration {
  readonly context: JsonObject;
  readonly candidates: readonly Candidate[];
  /** Item id of the caller's choice. */
  readonly chosen: string;
  /** The policy's most likely action was the same. */
  readonly isMatched: boolean;
}

/** Share of the newest choices that the policy matches. */
export interface MatchRate {
  readonly rate: number;
  readonly choices: number;
}

/** Days for which a choice is kept. */
const keptDays = 30;
/** Events whose choices a match rate is about. */
const newestEvents = 500;

const keyOf = (eventId: string) => ({ kind: "demonstration", id: eventId }) as const;

export async function putDemonstration(
  { documents }: Store,
  eventId: string,
  { choices, now }: { readonly choices: readonly Demonstration[]; readonly now: number },
): Promise<void> {
  const expiresAt = now + keptDays * 86_400_000;
  await documents.put(keyOf(eventId), choices as unknown as Json, { now, expiresAt });
}

export const isDemonstration = async (
  { documents }: Store,
  eventId: string,
  now: number,
): Promise<boolean> => (await documents.find(keyOf(eventId), now)) !== undefined;

/** Choices of the newest events, newest first. */
export async function readDemonstrations(
  { documents }: Store,
  events: number,
): Promise<readonly Demonstration[]> {
  const found = await documents.list("demonstration", events);
  return (found as unknown as readonly (readonly Demonstration[])[]).flat();
}

/** Undefined before the first choice. */
export async function readMatchRate(store: Store): Promise<MatchRate | undefined> {
  const choices = await readDemonstrations(store, newestEvents);
  if (choices.length === 0) return undefined;
  const matched = choices.filter(({ isMatched }) => isMatched).length;
  return { rate: matched / choices.length, choices: choices.length };
}

/** The caller's own choice with probability 1: in each slot the first action that is left. */
export function takeBaselines(slots: readonly RankSlot[]): readonly RankedSlot[] {
  const taken = new Set<string>();
  return slots.flatMap(({ candidates }) => {
    const left = candidates.filter(({ itemId }) => !taken.has(itemId));
    const [first] = left;
    if (first === undefined) return [];
    taken.add(first.itemId);
    const entries = left.map(({ itemId }) => [itemId, itemId === first.itemId ? 1 : 0] as const);
    return [{ chosen: first.itemId, probabilities: new Map(entries) }];
  });
}
