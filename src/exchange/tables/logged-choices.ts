import { drawnChoices, drawnPart } from "../../policy/drawn-part.ts";
import { type ExportedDecision, rulesOfDraw } from "./exported-decision.ts";

/** A place of a slate that chance filled. */
export interface LoggedChoice {
  /** 0-based in the slate. */
  readonly place: number;
  readonly action: string;
  /** Indices of the decision's candidates that the places above and the rules of the draw had left, ascending. */
  readonly left: readonly number[];
  /** Additions to their log-odds by the items above, in the order of `left`; absent without diversity. */
  readonly tilt?: Float64Array;
}

/** The choices of a decision in order; pinned items are none. */
export function loggedChoices(decision: ExportedDecision): readonly LoggedChoice[] {
  const { slate, draw } = decision;
  const ids = decision.candidates.map(({ itemId }) => itemId);
  const pinned = new Set(draw?.pinned);
  const part = drawnPart(ids.length, rulesOfDraw(decision));
  const drawn = [...slate.entries()].filter(([, item]) => !pinned.has(item));
  const items = drawn.map(([, item]) => part.candidates.findIndex((index) => ids[index] === item));
  const choices = [...drawnChoices(part, items)];
  return drawn.map(([place, action], k) => {
    const shown = slate.slice(0, place + 1);
    // A choice that the rules forbid is a fault of the log, which its readers report.
    const others = () => part.candidates.filter((index) => !shown.includes(ids[index] ?? ""));
    const allowed = choices[k]?.left.flatMap((index) => part.candidates[index] ?? []);
    const tilt = choices[k]?.tilt;
    return { place, action, left: allowed ?? others(), ...(tilt && { tilt }) };
  });
}
