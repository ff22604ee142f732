import { createPrefix, type SlatePrefix } from "../../domain/prefix-rules.ts";
import { noCaps, type SlateCaps } from "../../domain/slate-caps.ts";
import { tiltBy } from "../../domain/slate-diversity.ts";
import type { SlateRule, ValuedSlate } from "./slate-drawer.ts";
import type { LoggedPlace, SlateDrawing, VisitPrefix } from "./slate-drawing.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** Sums over the candidates that a prefix leaves for the next position. */
interface LeftSums {
  /** Σ of their weights. */
  readonly mass: number;
  readonly count: number;
}

interface Left extends LeftSums {
  /** π by candidate, times its factor by the items above; valid until the next position. */
  readonly weights: Float64Array;
}

interface Opened {
  readonly rule: SlateRule;
  readonly slate: ValuedSlate;
  readonly given: SlateDraws;
  /** Positions of a drawn slate. */
  readonly length: number;
  readonly prefix: SlatePrefix;
  /** Memory of the weights. */
  readonly weights: Float64Array;
}

/** Drawn slates: entry [draw·length + k] is of the prefix above position k. */
interface DrawnSlates {
  readonly items: Int32Array;
  readonly mass: Float64Array;
  /** 0 if the slate has ended above. */
  readonly count: Int32Array;
  /** Of the logged item of that position; −1 if it is not left for it. */
  readonly own: Float64Array;
  /** By position, Σ over the draws of P(a | prefix) of each candidate. */
  readonly sums: readonly Float64Array[];
}

const policyAt = ({ policies }: SlateRule, k: number) => policies[k] ?? policies.at(-1)!;

/** P(a | prefix) of a candidate that is left. */
const chance = (weight: number, { mass, count }: LeftSums, exploration: number): number =>
  ((1 - exploration) * weight) / mass + exploration / count;

function weigh({ rule, prefix: { spread }, weights }: Opened, k: number): Float64Array {
  const policy = policyAt(rule, k);
  if (spread === undefined) return policy;
  const { unexplained, power } = spread;
  for (let a = 0; a < weights.length; a++) {
    const u = unexplained[a]!;
    weights[a] = u === 1 ? policy[a]! : policy[a]! * Math.exp(tiltBy(u, power));
  }
  return weights;
}

function findLeft(opened: Opened, k: number): Left {
  const { closed } = opened.prefix;
  const weights = weigh(opened, k);
  let [mass, count] = [0, 0];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a]) continue;
    mass += weights[a]!;
    count++;
  }
  return { weights, mass, count };
}

/**
 * Adds P(a | prefix) of the candidates that are left to the sums of a position.
 * @returns Σ P(a | prefix)·v(a)
 */
function addChances(
  { rule, slate: { values }, prefix: { closed } }: Opened,
  left: Left,
  sums: Float64Array,
): number {
  let value = 0;
  for (let a = 0; a < closed.length; a++) {
    if (closed[a]) continue;
    const probability = chance(left.weights[a]!, left, rule.exploration);
    sums[a]! += probability;
    value += probability * values[a]!;
  }
  return value;
}

/**
 * One of the candidates that are left and not barred, by its probability.
 * @param share in [0, 1) of the probability that these have together
 */
function drawLeft(
  { rule, prefix: { closed } }: Opened,
  left: Left,
  { barred, share }: { readonly barred?: Uint8Array; readonly share: number },
): number {
  let [sum, last] = [0, -1];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a] || barred?.[a]) continue;
    last = a;
    sum += chance(left.weights[a]!, left, rule.exploration);
    if (share < sum) return a;
  }
  // Rounding can leave the sum a hair below.
  return last;
}

/** 1 − P(B | prefix), without the digits that a difference loses. */
function sumUnbarred({ rule, prefix: { closed } }: Opened, left: Left, barred: Uint8Array): number {
  let sum = 0;
  for (let a = 0; a < closed.length; a++)
    if (!closed[a] && !barred[a]) sum += chance(left.weights[a]!, left, rule.exploration);
  return sum;
}

function drawSlates(opened: Opened, drawn: DrawnSlates): Float64Array {
  const { slate, given, length, prefix } = opened;
  const { items } = slate;
  const direct = new Float64Array(items.length);
  for (const sums of drawn.sums) sums.fill(0);
  for (let start = 0; start < given.draws * length; start += length) {
    prefix.clear();
    drawn.count.fill(0, start, start + length);
    for (let k = 0; k < length; k++) {
      const left = findLeft(opened, k);
      if (left.count === 0) break;
      drawn.mass[start + k] = left.mass;
      drawn.count[start + k] = left.count;
      const isLeft = k < items.length && !prefix.closed[items[k]!];
      drawn.own[start + k] = isLeft ? left.weights[items[k]!]! : -1;
      direct[Math.min(k, items.length - 1)]! += addChances(opened, left, drawn.sums[k]!);
      const chosen = drawLeft(opened, left, { share: given.uniforms[start + k]! });
      drawn.items[start + k] = chosen;
      if (k < length - 1) prefix.take(chosen);
    }
  }
  return direct.map((sum) => sum / given.draws);
}

function readDrawn(
  { rule, given, length }: Opened,
  { items, mass, count, own }: DrawnSlates,
  { position }: LoggedPlace,
  visit: VisitPrefix,
): number {
  let found = 0;
  for (let start = 0; start < given.draws * length; start += length) {
    const cell = start + position;
    if (count[cell] === 0 || own[cell]! < 0) continue;
    const left = { mass: mass[cell]!, count: count[cell]! };
    visit(chance(own[cell]!, left, rule.exploration), items, start);
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
function drawAroundRuled(
  opened: Opened,
  { item, position }: LoggedPlace,
  visit: VisitPrefix,
): void {
  const { rule, slate, given, length, prefix } = opened;
  const bars = createBars(rule.caps ?? noCaps(slate.values.length), item);
  const above = new Int32Array(length);
  for (let draw = 0; draw < given.draws; draw++) {
    prefix.clear();
    bars.clear();
    let weight = 1;
    for (let k = 0; k <= position; k++) {
      const left = findLeft(opened, k);
      if (k === position) {
        visit(weight * chance(left.weights[item]!, left, rule.exploration), above);
        break;
      }
      const missed = sumUnbarred(opened, left, bars.barred);
      if (missed === 0) break;
      weight *= missed;
      const share = given.uniforms[draw * length + k]! * missed;
      const chosen = drawLeft(opened, left, { barred: bars.barred, share });
      above[k] = chosen;
      prefix.take(chosen);
      bars.take(chosen);
    }
  }
}

function fillPositions(
  { given }: Opened,
  { sums }: DrawnSlates,
  positions: readonly Float64Array[],
): void {
  for (const [k, into] of positions.entries())
    for (let a = 0; a < into.length; a++) into[a] = sums[k]![a]! / given.draws;
}

/**
 * With caps or diversity. By caps a position has the candidates that no full group forbids, and a slate ends if there are none; by
 * diversity the probabilities depend on which items stand above.
 */
export function createRuledDrawing(): SlateDrawing {
  let drawn: DrawnSlates | undefined;
  let opened: Opened | undefined;
  const known = () => {
    if (opened === undefined || drawn === undefined) throw new RangeError("no slate was drawn yet");
    return [opened, drawn] as const;
  };
  return {
    draw: (rule, slate, given) => {
      const { length: candidates } = slate.values;
      const length = Math.max(slate.items.length, slate.asked ?? 0);
      const prefix = createPrefix(rule, candidates);
      const weights = new Float64Array(candidates);
      opened = { rule, slate, given, length, prefix, weights };
      const size = given.draws * length;
      if (drawn?.items.length !== size || drawn.sums[0]?.length !== candidates)
        drawn = {
          items: new Int32Array(size),
          mass: new Float64Array(size),
          count: new Int32Array(size),
          own: new Float64Array(size),
          sums: Array.from({ length }, () => new Float64Array(candidates)),
        };
      return drawSlates(opened, drawn);
    },
    readDrawn: (place, visit) => readDrawn(...known(), place, visit),
    drawAround: (place, visit) => drawAroundRuled(known()[0], place, visit),
    fillPositions: (positions) => fillPositions(...known(), positions),
  };
}
