import { drawAround, type OpenedRule } from "./draw-around.ts";
import { createSlateDrawer, type SlateRule, type ValuedSlate } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** A logged item. */
export interface LoggedPlace {
  readonly item: number;
  readonly position: number;
  readonly length: number;
}

/** Gets the weight of a prefix, and the prefix, whose entries from `start` on count. */
export type VisitPrefix = (weight: number, prefix: Int32Array, start?: number) => void;

/** Prefixes of slates that are drawn by one rule. */
export interface SlateDrawing {
  /** Draws slates. @returns Σ_a P(a at k)·v(a) as the mean of its conditional expectation over them, at each logged position */
  draw(rule: SlateRule, slate: ValuedSlate, draws: SlateDraws): Float64Array;
  /** Calls back with P(a | prefix) of each drawn prefix that leaves the item for its position. @returns their share */
  readDrawn(place: LoggedPlace, visit: VisitPrefix): number;
  /** Calls back with prefixes that are drawn around the item, so that all of them leave it. */
  drawAround(place: LoggedPlace, visit: VisitPrefix): void;
  /** P(a at k) of all candidates. */
  fillPositions(positions: readonly Float64Array[]): void;
}

/** Drawn slates: entry [draw·L + k] is of the prefix above position k. */
interface DrawnSlates {
  /** The item that is drawn at k; none at the last position, of which the prefix alone counts. */
  readonly items: Int32Array;
  /** Σ π_k of the candidates that the prefix has left. */
  readonly left: Float64Array;
}

/** Σ_a P(a at k)·v(a) as the mean of its conditional expectation over drawn prefixes, which it writes. */
function drawSlates(
  { rule, drawer }: OpenedRule,
  { items: { length }, values }: ValuedSlate,
  { draws, uniforms }: SlateDraws,
  { items, left }: DrawnSlates,
): Float64Array {
  const { exploration } = rule;
  const direct = new Float64Array(length);
  const whole = values.reduce((sum, value) => sum + value, 0);
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear();
    let floorValue = whole;
    for (let k = 0, cell = draw * length; k < length; k++, cell++) {
      const mass = drawer.leftMass();
      left[cell] = mass;
      direct[k]! +=
        ((1 - exploration) * drawer.leftValue()) / mass +
        (exploration * floorValue) / (values.length - k);
      if (k === length - 1) break;
      const chosen = drawer.draw(uniforms[cell]!, exploration);
      drawer.take(chosen);
      floorValue -= values[chosen]!;
      items[cell] = chosen;
    }
  }
  return direct.map((sum) => sum / draws);
}

/** Calls back with the conditional probability P(a | prefix) of each draw that has a left. @returns their share */
function readDrawn(
  { policies, exploration }: SlateRule,
  { items, left }: DrawnSlates,
  { item, position, length }: LoggedPlace,
  visit: VisitPrefix,
): number {
  const policy = policies[position] ?? policies.at(-1)!;
  const floor = exploration / (policy.length - position);
  const mass = (1 - exploration) * policy[item]!;
  let count = 0;
  for (let start = 0; start < items.length; start += length) {
    let k = 0;
    while (k < position && items[start + k] !== item) k++;
    if (k < position) continue;
    visit(mass / left[start + position]! + floor, items, start);
    count++;
  }
  return (count * length) / items.length;
}

/** P(a at k) of all candidates, as above. */
function fillPositions(
  { policies, exploration }: SlateRule,
  { items, left }: DrawnSlates,
  draws: number,
  positions: readonly Float64Array[],
): void {
  const { length } = positions;
  const missing = new Float64Array(positions[0]!.length);
  const missingScale = new Float64Array(positions[0]!.length);
  for (const [k, into] of positions.entries()) {
    const policy = policies[k] ?? policies.at(-1)!;
    const floor = exploration / (into.length - k) / draws;
    let scale = 0;
    missing.fill(0);
    missingScale.fill(0);
    for (let start = 0; start < draws * length; start += length) {
      const share = 1 / (left[start + k]! * draws);
      scale += share;
      for (let j = 0; j < k; j++) {
        missing[items[start + j]!]!++;
        missingScale[items[start + j]!]! += share;
      }
    }
    for (let a = 0; a < into.length; a++) {
      // Of an item that is above in all draws both differences are exactly 0.
      const chosen = policy[a]! * (scale - missingScale[a]!);
      into[a] = (1 - exploration) * chosen + floor * (draws - missing[a]!);
    }
  }
}

interface Opened {
  readonly rule: SlateRule;
  readonly given: SlateDraws;
}

/** Without caps and diversity: each position has all candidates that are not above, with the same odds. */
export function createPlainDrawing(): SlateDrawing {
  const drawer = createSlateDrawer();
  let drawn: DrawnSlates = { items: new Int32Array(), left: new Float64Array() };
  let opened: Opened | undefined;
  const known = (): Opened => {
    if (opened === undefined) throw new RangeError("no slate was drawn yet");
    return opened;
  };
  return {
    draw: (rule, slate, given) => {
      opened = { rule, given };
      const size = given.draws * slate.items.length;
      drawer.open(rule, slate);
      if (drawn.items.length !== size)
        drawn = { items: new Int32Array(size), left: new Float64Array(size) };
      return drawSlates({ rule, drawer }, slate, given, drawn);
    },
    readDrawn: (place, visit) => readDrawn(known().rule, drawn, place, visit),
    drawAround: (place, visit) => {
      const { rule, given } = known();
      drawAround({ rule, drawer }, place, given, visit);
    },
    fillPositions: (positions) => {
      const { rule, given } = known();
      fillPositions(rule, drawn, given.draws, positions);
    },
  };
}
