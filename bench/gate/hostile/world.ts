import type { RandomStream } from "../../../src/numeric/random.ts";
import type { Cell } from "./cells.ts";

/** Tastes and serving policy of one kind of user, by item. */
export interface Segment {
  /** Probability of the rarer outcome at the first position. */
  readonly appeal: Float64Array;
  /** Logits of the serving policy, whose scores retrieve the candidates too. */
  readonly serving: Float64Array;
}

export interface HostileWorld {
  readonly cell: Cell;
  /** At a time of the log, in [0, 1]; 1 is when the candidate would take over. */
  segments(time: number): readonly Segment[];
  /** ε of the floor. */
  readonly exploration: number;
}

const exploration = 0.03;
/** The default of `maxCandidates`: of more items as many are retrieved. */
export const mostCandidates = 500;

/** Probability that a position is looked at. */
export const examination = (position: number): number => 1 / (1 + position / 3);

export const segmentCount = 2;
/** Part of the items whose revision changes in the middle of the log, or whose appeal drifts. */
const changedShare = 0.3;

/** Of a pair of neighbours both have the same appeal: to swap them changes no value. */
function drawAppeals(items: number, random: RandomStream): Float64Array {
  const appeals = new Float64Array(items);
  for (let item = 0; item < items; item += 2)
    appeals.fill(Math.exp(random.normal()), item, Math.min(items, item + 2));
  return appeals;
}

/** The serving policy knows tastes in part: it is better than chance, and can be improved. */
const drawServing = (appeals: Float64Array, sign: number, random: RandomStream): Float64Array =>
  appeals.map((appeal) => sign * Math.log(appeal) + random.normal());

/** Draws some pairs anew. */
function change(old: Float64Array, random: RandomStream): Float64Array {
  const changed = old.slice();
  const fresh = drawAppeals(old.length, random);
  for (let item = 0; item < old.length; item += 2) {
    if (random.uniform() >= changedShare) continue;
    changed.set(fresh.subarray(item, item + 2), item);
  }
  return changed;
}

/** Mean over the positions of a slate of the serving policy's most probable items. */
function scaleOf({ appeal, serving }: Segment, { slate, rate }: Cell): number {
  const order = [...serving.keys()].sort((left, right) => serving[right]! - serving[left]!);
  const shown = order.slice(0, Math.max(slate, Math.ceil(order.length / 5)));
  const mean = shown.reduce((sum, item) => sum + appeal[item]!, 0) / shown.length;
  let looked = 0;
  for (let position = 0; position < slate; position++) looked += examination(position) / slate;
  return rate / (mean * looked);
}

const mostProbable = 0.95;

function scale(segment: Segment, cell: Cell): Segment {
  const factor = scaleOf(segment, cell);
  return { ...segment, appeal: segment.appeal.map((one) => Math.min(mostProbable, one * factor)) };
}

/** Log-odds by which good items stand out in the serving policy: fewer rewarded items, or fewer lost ones. */
export const signOf = ({ rarer }: Cell): number => (rarer === "reward" ? 1 : -1);

export function createHostileWorld(cell: Cell, random: RandomStream): HostileWorld {
  const drawn = Array.from({ length: segmentCount }, (_, index) => {
    const own = random.split(`segment/${index}`);
    const raw = drawAppeals(cell.items, own);
    const noise = own.split("serving");
    const before = scale({ appeal: raw, serving: drawServing(raw, signOf(cell), noise) }, cell);
    const later = change(raw, own.split("change"));
    // An update is known to the policy, a drift is not.
    const after =
      cell.hazard === "item updates"
        ? scale({ appeal: later, serving: drawServing(later, signOf(cell), noise) }, cell)
        : { ...before, appeal: scale({ appeal: later, serving: before.serving }, cell).appeal };
    return { before, after };
  });
  return {
    ...{ cell, exploration },
    segments: (time) =>
      drawn.map(({ before, after }) => {
        if (cell.hazard === "item updates") return time < 0.5 ? before : after;
        if (cell.hazard !== "drift") return before;
        const appeal = before.appeal.map(
          (one, item) => (1 - time) * one + time * after.appeal[item]!,
        );
        return { ...before, appeal };
      }),
  };
}
