import type { ExplainedEvent, Explanation } from "../../domain/explanation.ts";
import { isEncoded } from "../../policy/profile.ts";
import type { SlateShift } from "../../policy/slate-shift.ts";
import type { DerivedDecision } from "../audit/derive-decision.ts";
import { type DerivedSlate, shiftWithout } from "./slate-without.ts";

/** Newest events that are left out one at a time: the candidates are scored at most so many times more. */
const mostLeftOut = 50;
const mostNamed = 3;
/** Smaller shifts are within rounding. */
const noShift = 1e-6;

/** By place in the history, each of the newest events left out alone. */
export async function leaveEventsOut(
  slate: DerivedSlate,
): Promise<ReadonlyMap<number, SlateShift>> {
  const { length } = slate.derived.user.history;
  const shifts = new Map<number, SlateShift>();
  for (let place = Math.max(0, length - mostLeftOut); place < length; place++)
    shifts.set(place, await shiftWithout(slate, new Set([place])));
  return shifts;
}

/** The events with the largest shifts, and their shift together. */
export async function nameEvents(
  slate: DerivedSlate,
  shifts: ReadonlyMap<number, SlateShift>,
): Promise<Explanation["movedBy"]> {
  const events = [...shifts]
    .filter(([, { shift }]) => shift > noShift)
    .sort(([, left], [, right]) => right.shift - left.shift)
    .slice(0, mostNamed)
    .map(([place]) => place);
  if (events.length === 0) return { events, shift: 0 };
  const { shift } = await shiftWithout(slate, new Set(events));
  return { events, shift };
}

/** Attention by place in the history, 0 for events that the encoder does not read; undefined without an encoder. */
async function attentionOf({ attend, user, scenario }: DerivedDecision) {
  const shares = await attend();
  if (shares === undefined) return undefined;
  let next = 0;
  return user.history.map((entry) =>
    isEncoded(entry, scenario.reward) ? (shares[next++] ?? 0) : 0,
  );
}

export async function explainHistory(
  { derived }: DerivedSlate,
  shifts: ReadonlyMap<number, SlateShift>,
): Promise<readonly ExplainedEvent[]> {
  const attention = await attentionOf(derived);
  return derived.user.history.map(({ itemId, type, value, occurredAt }, place) => {
    const left = shifts.get(place);
    const share = attention?.[place];
    return {
      itemId,
      type,
      value,
      occurredAt,
      ...(share !== undefined && { attention: share }),
      ...(left && {
        shift: left.shift,
        logRatio: left.logRatios.reduce((sum, ratio) => sum + ratio, 0),
      }),
    };
  });
}
