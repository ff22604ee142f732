import type { HistoryEntry } from "../../../domain/behaviour.ts";
import type { ItemId, UserId } from "../../../domain/ids.ts";
import { isWanted, signalOf } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { isTarget, itemOf, onlyRead } from "../../../learning/sequence/codes.ts";
import type { Store } from "../../../storage/store.ts";

const pageSize = 1000;

/** A user's events in order of event number, as an encoder is trained on them: 16 bytes each. */
export interface UserBehaviour {
  readonly userId: UserId;
  /** Of all events but dislikes; see `learning/sequence/codes.ts`. */
  readonly codes: readonly number[];
  /** Event number of each code. */
  readonly sequences: readonly number[];
  /** Number of the oldest event. */
  readonly since: number;
  /** The newest event, disliked or not. */
  readonly last: HistoryEntry;
}

export interface Behaviour {
  /** Item of each number. */
  readonly itemIds: readonly ItemId[];
  readonly users: readonly UserBehaviour[];
}

/** Repeats are only read if they could not be shown again. */
function withoutRepeats(codes: readonly number[]): readonly number[] {
  const seen = new Set<number>();
  return codes.map((code) => {
    const item = itemOf(code);
    const isRepeat = seen.has(item);
    seen.add(item);
    return isRepeat && isTarget(code) ? onlyRead(item) : code;
  });
}

/** Numbers items as they come, and keeps the codes of each user. */
function createCollector({ reward, excludeSeen }: Pick<Scenario, "reward" | "excludeSeen">) {
  const numbers = new Map<ItemId, number>();
  const users = new Map<
    UserId,
    { codes: number[]; sequences: number[]; since: number; last: HistoryEntry }
  >();
  const numberOf = (itemId: ItemId) => {
    const known = numbers.get(itemId) ?? numbers.size;
    numbers.set(itemId, known);
    return known;
  };
  return {
    add: (userId: UserId, event: HistoryEntry) => {
      const began = { codes: [], sequences: [], since: event.sequence, last: event };
      const user = users.get(userId) ?? began;
      users.set(userId, user);
      user.last = event;
      if (signalOf(event, reward) < 0) return;
      const item = numberOf(event.itemId);
      user.codes.push(isWanted(event, reward) ? item : onlyRead(item));
      user.sequences.push(event.sequence);
    },
    collected: (): Behaviour => ({
      itemIds: [...numbers.keys()],
      users: [...users].map(([userId, { codes, ...ends }]) => ({
        userId,
        ...ends,
        codes: excludeSeen === true ? withoutRepeats(codes) : codes,
      })),
    }),
  };
}

/**
 * All events up to `asOf`, or those after `after`, read in pages: the same record gives the same behaviour, whatever came
 * later. Events that bring more than the default reward are to be foreseen.
 * @param onProgress events read so far
 */
export async function readBehaviour(
  store: Store,
  scenario: Pick<Scenario, "reward" | "excludeSeen">,
  options: {
    readonly after?: number;
    readonly asOf: number;
    readonly onProgress: (events: number) => void;
  },
): Promise<Behaviour> {
  const { asOf, onProgress } = options;
  const collector = createCollector(scenario);
  let read = 0;
  for (let { after = 0 } = options, more = true; more; ) {
    const page = await store.events.scan({ after, limit: pageSize });
    const known = page.filter(({ sequence }) => sequence <= asOf);
    for (const { userId, ...event } of known) collector.add(userId, event);
    read += known.length;
    onProgress(read);
    after = page.at(-1)?.sequence ?? after;
    more = known.length === pageSize;
  }
  return collector.collected();
}
