import { compareSlates, type DrawnSlate, type SlateShift } from "../../policy/slate-shift.ts";
import type { DerivedDecision } from "../audit/derive-decision.ts";
import { addBoosts, type DrawRules } from "../rules/draw-rules.ts";

/** A slate whose user's history can be changed. */
export interface DerivedSlate extends DrawnSlate {
  readonly derived: DerivedDecision;
  readonly rules: DrawRules;
}

/** The shift if the user had not had some events: places in the history. Candidates and rules stay as they were. */
export async function shiftWithout(
  slate: DerivedSlate,
  events: ReadonlySet<number>,
): Promise<SlateShift> {
  const { derived, rules } = slate;
  const left = derived.user.history.filter((_, place) => !events.has(place));
  return compareSlates(slate, addBoosts(await derived.served(left), rules));
}
