import type { RandomStream } from "../../../src/numeric/random.ts";
import type { Cell } from "./cells.ts";

/** Users of one kind, while items are of one revision. */
export interface Situation {
  /** Logits of the serving policy by item, whose scores retrieve the candidates too. */
  readonly serving: Float64Array;
  /** Probability of the rarer outcome at the first position, by item; if tastes drift, at the end of the log. */
  readonly appeal: Float64Array;
}

export interface HostileWorld {
  readonly cell: Cell;
  readonly situations: readonly Situation[];
  /** Indices of the situations in which a candidate would take over. */
  readonly last: readonly number[];
  /** Index of a user's situation, at a time of the log in [0, 1]. */
  situationAt(time: number, user: number): number;
  /** Of an item at a time. */
  appealAt(time: number, situation: number, item: number): number;
  /** ε of the floor. */
  readonly exploration: number;
}

const exploration = 0.03;
/** The default of `maxCandidates`: of more items as many are retrieved. */
export const mostCandidates = 500;

/** Probability that a position is looked at. */
export const examination = (position: number): number => 1 / (1 + position / 3);

const segmentCount = 2;
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
function scaleOf({ appeal, serving }: Situation, { slate, rate }: Cell): number {
  const order = [...serving.keys()].sort((left, right) => serving[right]! - serving[left]!);
  const shown = order.slice(0, Math.max(slate, Math.ceil(order.length / 5)));
  const mean = shown.reduce((sum, item) => sum + appeal[item]!, 0) / shown.length;
  let looked = 0;
  for (let position = 0; position < slate; position++) looked += examination(position) / slate;
  return rate / (mean * looked);
}

/** With a user who has 1.9 times as much of the rarer outcome as the mean it stays below 1. */
const mostProbable = 0.5;

function scale(situation: Situation, cell: Cell): Situation {
  const factor = scaleOf(situation, cell);
  const appeal = situation.appeal.map((one) => Math.min(mostProbable, one * factor));
  return { ...situation, appeal };
}

/** Log-odds by which good items stand out in the serving policy: fewer rewarded items, or fewer lost ones. */
export const signOf = ({ rarer }: Cell): number => (rarer === "reward" ? 1 : -1);

/** Before and after the change of one kind of user. */
function drawSegment(cell: Cell, random: RandomStream): readonly [Situation, Situation] {
  const raw = drawAppeals(cell.items, random);
  const noise = random.split("serving");
  const before = scale({ appeal: raw, serving: drawServing(raw, signOf(cell), noise) }, cell);
  if (cell.hazard !== "item updates" && cell.hazard !== "drift") return [before, before];
  const appeal = change(raw, random.split("change"));
  // An update is known to the policy, a drift is not.
  const isKnown = cell.hazard === "item updates";
  const serving = isKnown ? drawServing(appeal, signOf(cell), noise) : before.serving;
  return [before, scale({ appeal, serving }, cell)];
}

export function createHostileWorld(cell: Cell, random: RandomStream): HostileWorld {
  const drawn = Array.from({ length: segmentCount }, (_, index) =>
    drawSegment(cell, random.split(`segment/${index}`)),
  );
  const [before, after] = [0, 1].map((phase) => drawn.map((segment) => segment[phase]!));
  const hasPhases = cell.hazard === "item updates";
  const situations = hasPhases ? [...before!, ...after!] : after!;
  const last = drawn.map((_, segment) => situations.length - segmentCount + segment);
  return {
    cell,
    exploration,
    situations,
    last,
    situationAt: (time, user) =>
      (hasPhases && time >= 0.5 ? segmentCount : 0) + (user % segmentCount),
    appealAt: (time, situation, item) => {
      const appeal = situations[situation]!.appeal[item]!;
      if (cell.hazard !== "drift") return appeal;
      return (1 - time) * before![situation]!.appeal[item]! + time * appeal;
    },
  };
}
