import { drawAround, type OpenedRule } from "./draw-around.ts";
import { createSlateDrawer, policyAt, type SlateRule, type ValuedSlate } from "./slate-drawer.ts";
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
  /** P(a | prefix) of a candidate that is left is scale·π_k(a) + floor; both are 0 if the slate has ended above. */
  readonly scale: Float64Array;
  readonly floor: Float64Array;
  /** P(the logged item | prefix); −1 if it is not left, or if the slate has ended above. */
  readonly own: Float64Array;
  /** Of the K entries of a draw from draw·K on, the candidates that are closed to the prefix are the first ones. */
  readonly closed: Int32Array;
  readonly closedCount: Int32Array;
}

const lengthOf = ({ items, asked = 0 }: ValuedSlate) => Math.max(items.length, asked);

function createDrawn(draws: number, length: number, candidates: number): DrawnSlates {
  const size = draws * length;
  return {
    items: new Int32Array(size),
    scale: new Float64Array(size),
    floor: new Float64Array(size),
    own: new Float64Array(size),
    closed: new Int32Array(draws * candidates),
    closedCount: new Int32Array(size),
  };
}

/** Σ_a P(a at k)·v(a) as the mean of its conditional expectation over drawn prefixes, which it writes. */
function drawSlates(
  { rule, drawer }: OpenedRule,
  slate: ValuedSlate,
  { draws, uniforms }: SlateDraws,
  drawn: DrawnSlates,
): Float64Array {
  const { exploration } = rule;
  const { items, values } = slate;
  const { drawable } = drawer;
  const length = lengthOf(slate);
  const direct = new Float64Array(items.length);
  for (const numbers of [drawn.scale, drawn.floor]) numbers.fill(0);
  drawn.own.fill(-1);
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear();
    for (let k = 0, cell = draw * length; k < length && drawable.count > 0; k++, cell++) {
      const scale = (1 - exploration) / drawable.mass;
      const floor = exploration / drawable.count;
      drawn.scale[cell] = scale;
      drawn.floor[cell] = floor;
      drawn.closedCount[cell] = drawer.closedCount();
      const logged = items[k];
      if (logged !== undefined && !drawer.isClosed(logged))
        drawn.own[cell] = scale * policyAt(rule, k)[logged]! + floor;
      direct[Math.min(k, items.length - 1)]! += scale * drawable.massValue + floor * drawable.value;
      if (k === length - 1) break;
      const chosen = drawer.draw(uniforms[cell]!, exploration);
      drawer.take(chosen);
      drawn.items[cell] = chosen;
    }
    drawn.closed.set(drawer.closed().subarray(0, drawer.closedCount()), draw * values.length);
  }
  return direct.map((sum) => sum / draws);
}

/** Calls back with the conditional probability P(a | prefix) of each draw that has a left. @returns their share */
export function readDrawn(
  { items, own }: Pick<DrawnSlates, "items" | "own">,
  { position }: LoggedPlace,
  length: number,
  visit: VisitPrefix,
): number {
  let count = 0;
  for (let start = 0; start < items.length; start += length) {
    const probability = own[start + position]!;
    if (probability < 0) continue;
    visit(probability, items, start);
    count++;
  }
  return (count * length) / items.length;
}

/** P(a at k) of all candidates, as above. */
function fillPositions(
  rule: SlateRule,
  { scale: scales, floor: floors, closed, closedCount }: DrawnSlates,
  draws: number,
  positions: readonly Float64Array[],
): void {
  const { length } = positions;
  const candidates = positions[0]!.length;
  const missingScale = new Float64Array(candidates);
  const missingFloor = new Float64Array(candidates);
  for (const [k, into] of positions.entries()) {
    const policy = policyAt(rule, k);
    let [scale, floor] = [0, 0];
    missingScale.fill(0);
    missingFloor.fill(0);
    for (let draw = 0; draw < draws; draw++) {
      const cell = draw * length + k;
      if (floors[cell] === 0 && scales[cell] === 0) continue;
      scale += scales[cell]!;
      floor += floors[cell]!;
      const start = draw * candidates;
      for (let place = start; place < start + closedCount[cell]!; place++) {
        missingScale[closed[place]!]! += scales[cell]!;
        missingFloor[closed[place]!]! += floors[cell]!;
      }
    }
    // Of an item that is closed in all draws both differences are exactly 0.
    for (let a = 0; a < candidates; a++)
      into[a] = (policy[a]! * (scale - missingScale[a]!) + (floor - missingFloor[a]!)) / draws;
  }
}

interface Opened {
  readonly rule: SlateRule;
  readonly given: SlateDraws;
  readonly length: number;
}

/** Without diversity: each position has all candidates that are neither above nor forbidden by a full group, with the same odds. */
export function createPlainDrawing(): SlateDrawing {
  const drawer = createSlateDrawer();
  let drawn = createDrawn(0, 0, 0);
  let opened: Opened | undefined;
  const known = (): Opened => {
    if (opened === undefined) throw new RangeError("no slate was drawn yet");
    return opened;
  };
  return {
    draw: (rule, slate, given) => {
      const length = lengthOf(slate);
      const { length: candidates } = slate.values;
      opened = { rule, given, length };
      drawer.open(rule, slate);
      if (
        drawn.items.length !== given.draws * length ||
        drawn.closed.length !== given.draws * candidates
      )
        drawn = createDrawn(given.draws, length, candidates);
      return drawSlates({ rule, drawer }, slate, given, drawn);
    },
    readDrawn: (place, visit) => readDrawn(drawn, place, known().length, visit),
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
