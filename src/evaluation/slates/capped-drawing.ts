import { type CapCounter, createCapCounter, type SlateCaps } from "../../domain/slate-caps.ts";
import type { SlateRule, ValuedSlate } from "./slate-drawer.ts";
import type { LoggedPlace, SlateDrawing, VisitPrefix } from "./slate-drawing.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** Sums over the candidates that a prefix leaves for the next position. */
interface LeftSums {
  /** Σ π. */
  readonly mass: number;
  readonly count: number;
}

interface Opened {
  readonly rule: SlateRule & { readonly caps: SlateCaps };
  readonly slate: ValuedSlate;
  readonly given: SlateDraws;
  /** Positions of a drawn slate. */
  readonly length: number;
  readonly counter: CapCounter;
}

/** Drawn slates: entry [draw·length + k] is of the prefix above position k. */
interface DrawnSlates {
  readonly items: Int32Array;
  readonly mass: Float64Array;
  /** 0 if the slate has ended above. */
  readonly count: Int32Array;
  /** 1 if the logged item of that position is left for it. */
  readonly hasItem: Uint8Array;
}

const policyAt = ({ policies }: SlateRule, k: number) => policies[k] ?? policies.at(-1)!;

/** P(a | prefix) of a candidate that is left. */
const chance = (
  policy: Float64Array,
  a: number,
  { mass, count }: LeftSums,
  exploration: number,
): number => ((1 - exploration) * policy[a]!) / mass + exploration / count;

function sumLeft(policy: Float64Array, closed: Uint8Array): LeftSums {
  let [mass, count] = [0, 0];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a]) continue;
    mass += policy[a]!;
    count++;
  }
  return { mass, count };
}

/** Σ P(a | prefix)·v(a) of the candidates that are left. */
function expectValue(
  { rule, slate: { values }, counter: { closed } }: Opened,
  k: number,
  left: LeftSums,
): number {
  const policy = policyAt(rule, k);
  let [byPolicy, byFloor] = [0, 0];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a]) continue;
    byPolicy += policy[a]! * values[a]!;
    byFloor += values[a]!;
  }
  const { exploration } = rule;
  return ((1 - exploration) * byPolicy) / left.mass + (exploration * byFloor) / left.count;
}

/**
 * One of the candidates that are left and not barred, by its probability.
 * @param share in [0, 1) of the probability that these have together
 */
function drawLeft(
  { rule, counter: { closed } }: Opened,
  k: number,
  { left, barred, share }: { left: LeftSums; barred?: Uint8Array; share: number },
): number {
  const policy = policyAt(rule, k);
  let [sum, last] = [0, -1];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a] || barred?.[a]) continue;
    last = a;
    sum += chance(policy, a, left, rule.exploration);
    if (share < sum) return a;
  }
  // Rounding can leave the sum a hair below.
  return last;
}

/** 1 − P(B | prefix), without the digits that a difference loses. */
function sumUnbarred(
  { rule, counter: { closed } }: Opened,
  k: number,
  { left, barred }: { readonly left: LeftSums; readonly barred: Uint8Array },
): number {
  const policy = policyAt(rule, k);
  let sum = 0;
  for (let a = 0; a < closed.length; a++)
    if (!closed[a] && !barred[a]) sum += chance(policy, a, left, rule.exploration);
  return sum;
}

function drawSlates(opened: Opened, drawn: DrawnSlates): Float64Array {
  const { rule, slate, given, length, counter } = opened;
  const { items } = slate;
  const direct = new Float64Array(items.length);
  for (let start = 0; start < given.draws * length; start += length) {
    counter.clear();
    drawn.count.fill(0, start, start + length);
    for (let k = 0; k < length; k++) {
      const left = sumLeft(policyAt(rule, k), counter.closed);
      if (left.count === 0) break;
      drawn.mass[start + k] = left.mass;
      drawn.count[start + k] = left.count;
      drawn.hasItem[start + k] = k < items.length && !counter.closed[items[k]!] ? 1 : 0;
      direct[Math.min(k, items.length - 1)]! += expectValue(opened, k, left);
      const chosen = drawLeft(opened, k, { left, share: given.uniforms[start + k]! });
      drawn.items[start + k] = chosen;
      counter.take(chosen);
    }
  }
  return direct.map((sum) => sum / given.draws);
}

function readDrawn(
  { rule, given, length }: Opened,
  { items, mass, count, hasItem }: DrawnSlates,
  { item, position }: LoggedPlace,
  visit: VisitPrefix,
): number {
  let found = 0;
  for (let start = 0; start < given.draws * length; start += length) {
    const cell = start + position;
    if (count[cell] === 0 || !hasItem[cell]) continue;
    const left = { mass: mass[cell]!, count: count[cell]! };
    visit(chance(policyAt(rule, position), item, left, rule.exploration), items, start);
    found++;
  }
  return found / given.draws;
}

/** Marks the candidates whose choice would close the item: itself, and those that fill one of its groups. */
function createBars({ groupsOf, limits }: SlateCaps, item: number) {
  const own = groupsOf[item]!;
  const barred = new Uint8Array(groupsOf.length);
  const members = own.map((group) =>
    groupsOf.flatMap((groups, a) => (groups.includes(group) ? [a] : [])),
  );
  const left = own.map(() => 0);
  const barFull = (index: number) => {
    if (left[index]! <= 1) for (const member of members[index]!) barred[member] = 1;
  };
  return {
    barred,
    clear: () => {
      barred.fill(0);
      barred[item] = 1;
      for (const [index, group] of own.entries()) {
        left[index] = limits[group]!;
        barFull(index);
      }
    },
    take: (a: number) => {
      for (const [index, group] of own.entries()) {
        if (!groupsOf[a]!.includes(group)) continue;
        left[index]!--;
        barFull(index);
      }
    },
  };
}

/**
 * Prefixes that leave the item, each with Π_{j<k}(1 − P(B | prefix_j))·P(a | prefix_k), B the candidates that would close it: unbiased,
 * since each such prefix is drawn with its probability given that no candidate of B is chosen.
 */
function drawAroundCapped(
  opened: Opened,
  { item, position }: LoggedPlace,
  visit: VisitPrefix,
): void {
  const { rule, given, length, counter } = opened;
  const bars = createBars(rule.caps, item);
  const prefix = new Int32Array(length);
  for (let draw = 0; draw < given.draws; draw++) {
    counter.clear();
    bars.clear();
    let weight = 1;
    for (let k = 0; k <= position; k++) {
      const policy = policyAt(rule, k);
      const left = sumLeft(policy, counter.closed);
      if (k === position) {
        visit(weight * chance(policy, item, left, rule.exploration), prefix);
        break;
      }
      const missed = sumUnbarred(opened, k, { left, barred: bars.barred });
      if (missed === 0) break;
      weight *= missed;
      const share = given.uniforms[draw * length + k]! * missed;
      const chosen = drawLeft(opened, k, { left, barred: bars.barred, share });
      prefix[k] = chosen;
      counter.take(chosen);
      bars.take(chosen);
    }
  }
}

function fillPositions(
  { rule, given, length, counter }: Opened,
  { items, mass, count }: DrawnSlates,
  positions: readonly Float64Array[],
): void {
  for (const into of positions) into.fill(0);
  for (let start = 0; start < given.draws * length; start += length) {
    counter.clear();
    for (const [k, into] of positions.entries()) {
      const cell = start + k;
      if (count[cell] === 0) break;
      const [policy, left] = [policyAt(rule, k), { mass: mass[cell]!, count: count[cell]! }];
      for (let a = 0; a < into.length; a++)
        if (!counter.closed[a]) into[a]! += chance(policy, a, left, rule.exploration) / given.draws;
      counter.take(items[cell]!);
    }
  }
}

/** With caps: a position has the candidates that no full group forbids, and a slate ends if there are none. */
export function createCappedDrawing(): SlateDrawing {
  let drawn: DrawnSlates | undefined;
  let opened: Opened | undefined;
  const known = () => {
    if (opened === undefined || drawn === undefined) throw new RangeError("no slate was drawn yet");
    return [opened, drawn] as const;
  };
  return {
    draw: (rule, slate, given) => {
      const { caps } = rule;
      if (caps === undefined) throw new RangeError("the rule has no caps");
      const length = Math.max(slate.items.length, slate.asked ?? 0);
      const counter = createCapCounter(caps);
      opened = { rule: { ...rule, caps }, slate, given, length, counter };
      const size = given.draws * length;
      if (drawn?.items.length !== size)
        drawn = {
          items: new Int32Array(size),
          mass: new Float64Array(size),
          count: new Int32Array(size),
          hasItem: new Uint8Array(size),
        };
      return drawSlates(opened, drawn);
    },
    readDrawn: (place, visit) => readDrawn(...known(), place, visit),
    drawAround: (place, visit) => drawAroundCapped(known()[0], place, visit),
    fillPositions: (positions) => fillPositions(...known(), positions),
  };
}
