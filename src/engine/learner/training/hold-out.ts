import type { HistoryEntry } from "../../../domain/behaviour.ts";
import type { ItemId } from "../../../domain/ids.ts";
import { isTarget } from "../../../learning/sequence/codes.ts";
import type { Store } from "../../../storage/store.ts";
import { joinRules, mayBeOffered } from "../../rules/offer-rules.ts";
import { readLeftOut } from "../../rules/read-left-out.ts";
import { createState, readUser } from "../../state/read-state.ts";
import type { Behaviour, UserBehaviour } from "./read-behaviour.ts";
import type { HeldOut, ItemContext } from "./slate-cases.ts";

/** An event of a user to be predicted from those before it. */
export interface HeldOutEvent {
  readonly user: UserBehaviour;
  /** Its place among the user's codes. */
  readonly place: number;
  /** Its event number. */
  readonly sequence: number;
}

/**
 * The newest event of each user that is to be foreseen and whose item is available: one a user, which depends on no other user.
 */
export function newestTargets(
  { itemIds, users }: Behaviour,
  { catalogue }: Pick<ItemContext, "catalogue">,
): readonly HeldOutEvent[] {
  const available = new Set<ItemId>(catalogue.available().map(({ itemId }) => itemId));
  const isAvailable = itemIds.map((itemId) => available.has(itemId));
  return users.flatMap((user) => {
    const place = user.codes.findLastIndex((code) => isTarget(code) && isAvailable[code]);
    const sequence = user.sequences[place];
    return sequence === undefined ? [] : [{ user, place, sequence }];
  });
}

/** Undefined if it has been removed, or is not served by. */
async function readEvent(
  { events }: Store,
  { user: { userId, last }, sequence }: HeldOutEvent,
): Promise<HistoryEntry | undefined> {
  if (last.sequence === sequence) return last;
  const [found] = await events.history(userId, { asOf: sequence, limit: 1 });
  return found?.sequence === sequence ? found : undefined;
}

/**
 * The event with the user's state before it, if its item could still be shown to the user then.
 * @param isOpen whether the event may be held out; default: each may
 */
export async function holdOut(
  store: Store,
  target: HeldOutEvent,
  {
    catalogue,
    scenario,
    isOpen = () => true,
  }: ItemContext & { readonly isOpen?: (event: HistoryEntry) => boolean },
): Promise<HeldOut | undefined> {
  const { userId, codes } = target.user;
  const event = await readEvent(store, target);
  if (event === undefined || !isOpen(event)) return undefined;
  const next = catalogue.find(event.itemId);
  if (next === undefined) return undefined;
  const before = event.sequence - 1;
  const user = await readUser(store, userId, before);
  if (user.history.length === 0) return undefined;
  const visit = { userId, scenario: scenario.name, asOf: before, now: event.occurredAt };
  const leftOut = await readLeftOut(store, scenario, visit);
  const rules = joinRules(scenario, undefined, event.occurredAt);
  const isOffered = mayBeOffered(catalogue.factsOf(event.itemId), rules);
  if (leftOut.has(event.itemId) || !isOffered) return undefined;
  const state = createState({ user, catalogue, scenario, context: {} });
  return { state, next, rules, leftOut, codes: codes.slice(0, target.place + 1) };
}

/**
 * Held-out events, newest first.
 * @param options.after event number after which they are; default 0
 */
export async function holdOutNewest(
  store: Store,
  behaviour: Behaviour,
  options: ItemContext & { readonly most: number; readonly after?: number },
): Promise<ReadonlyMap<UserBehaviour, HeldOut>> {
  const { most, after = 0 } = options;
  const heldOut = new Map<UserBehaviour, HeldOut>();
  const recent = newestTargets(behaviour, options).filter(({ sequence }) => sequence > after);
  for (const target of recent.toSorted((a, b) => b.sequence - a.sequence)) {
    if (heldOut.size === most) break;
    const found = await holdOut(store, target, options);
    if (found) heldOut.set(target.user, found);
  }
  return heldOut;
}
