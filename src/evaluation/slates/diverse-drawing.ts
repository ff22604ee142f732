import { createPrefix, type SlatePrefix } from "../../domain/prefix-rules.ts";
import { noCaps } from "../../domain/slate-caps.ts";
import { tiltBy } from "../../domain/slate-diversity.ts";
import { createCapBars } from "./cap-bars.ts";
import { policyAt, type SlateRule, type ValuedSlate } from "./slate-drawer.ts";
import {
  type LoggedPlace,
  readDrawn,
  type SlateDrawing,
  type VisitPrefix,
} from "./slate-drawing.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** The candidates that a prefix leaves for the next position: P(a | prefix) is scale·weights[a] + floor. */
interface Left {
  /** π by candidate, times its factor by the items above; valid until the next position. */
  readonly weights: Float64Array;
  readonly scale: number;
  readonly floor: number;
  readonly count: number;
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
  /** P(the logged item of that position | prefix); −1 if it is not left for it, or if the slate has ended above. */
  readonly own: Float64Array;
  /** By position, Σ over the draws of P(a | prefix) of each candidate. */
  readonly sums: readonly Float64Array[];
}

/** P(a | prefix) of a candidate that is left. */
const chanceOf = ({ weights, scale, floor }: Left, a: number) => scale * weights[a]! + floor;

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
  const { exploration } = opened.rule;
  const weights = weigh(opened, k);
  let [mass, count] = [0, 0];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a]) continue;
    mass += weights[a]!;
    count++;
  }
  return { weights, scale: (1 - exploration) / mass, floor: exploration / count, count };
}

/**
 * Adds P(a | prefix) of the candidates that are left to the sums of a position, and draws one of them.
 * @param share in [0, 1)
 * @returns Σ P(a | prefix)·v(a), and the candidate
 */
function addChances(
  { slate: { values }, prefix: { closed } }: Opened,
  { weights, scale, floor }: Left,
  { sums, share }: { readonly sums: Float64Array; readonly share: number },
) {
  let [value, sum, chosen, last] = [0, 0, -1, -1];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a]) continue;
    const probability = scale * weights[a]! + floor;
    sums[a]! += probability;
    value += probability * values[a]!;
    sum += probability;
    last = a;
    if (chosen < 0 && share < sum) chosen = a;
  }
  // Rounding can leave the sum a hair below.
  return { value, chosen: chosen < 0 ? last : chosen };
}

/**
 * One of the candidates that are left and not barred, by its probability.
 * @param share in [0, 1) of the probability that these have together
 */
function drawLeft(
  { prefix: { closed } }: Opened,
  left: Left,
  { barred, share }: { readonly barred: Uint8Array; readonly share: number },
): number {
  let [sum, last] = [0, -1];
  for (let a = 0; a < closed.length; a++) {
    if (closed[a] || barred[a]) continue;
    last = a;
    sum += chanceOf(left, a);
    if (share < sum) return a;
  }
  // Rounding can leave the sum a hair below.
  return last;
}

/** 1 − P(B | prefix), without the digits that a difference loses. */
function sumUnbarred({ prefix: { closed } }: Opened, left: Left, barred: Uint8Array): number {
  let sum = 0;
  for (let a = 0; a < closed.length; a++) if (!closed[a] && !barred[a]) sum += chanceOf(left, a);
  return sum;
}

function drawSlates(opened: Opened, drawn: DrawnSlates): Float64Array {
  const { slate, given, length, prefix } = opened;
  const { items } = slate;
  const direct = new Float64Array(items.length);
  for (const sums of drawn.sums) sums.fill(0);
  drawn.own.fill(-1);
  for (let start = 0; start < given.draws * length; start += length) {
    prefix.clear();
    for (let k = 0; k < length; k++) {
      const left = findLeft(opened, k);
      if (left.count === 0) break;
      if (k < items.length && !prefix.closed[items[k]!])
        drawn.own[start + k] = chanceOf(left, items[k]!);
      const position = { sums: drawn.sums[k]!, share: given.uniforms[start + k]! };
      const { value, chosen } = addChances(opened, left, position);
      direct[Math.min(k, items.length - 1)]! += value;
      drawn.items[start + k] = chosen;
      if (k < length - 1) prefix.take(chosen);
    }
  }
  return direct.map((sum) => sum / given.draws);
}

/**
 * Prefixes that leave the item, each with Π_{j<k}(1 − P(B | prefix_j))·P(a | prefix_k), B the candidates that would close it: unbiased,
 * since each such prefix is drawn with its probability given that no candidate of B is chosen.
 */
function drawAroundDiverse(
  opened: Opened,
  { item, position }: LoggedPlace,
  visit: VisitPrefix,
): void {
  const { rule, slate, given, length, prefix } = opened;
  const barred = new Uint8Array(slate.values.length);
  const bars = createCapBars(rule.caps ?? noCaps(slate.values.length), item, (a) => {
    barred[a] = 1;
  });
  const above = new Int32Array(length);
  for (let draw = 0; draw < given.draws; draw++) {
    prefix.clear();
    barred.fill(0);
    bars.clear();
    let weight = 1;
    for (let k = 0; k <= position; k++) {
      const left = findLeft(opened, k);
      if (k === position) {
        visit(weight * chanceOf(left, item), above);
        break;
      }
      const missed = sumUnbarred(opened, left, barred);
      if (missed === 0) break;
      weight *= missed;
      const share = given.uniforms[draw * length + k]! * missed;
      const chosen = drawLeft(opened, left, { barred, share });
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
 * With diversity, by which the probabilities depend on the items above, and with or without caps. Each draw walks through all candidates.
 */
export function createDiverseDrawing(): SlateDrawing {
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
          own: new Float64Array(size),
          sums: Array.from({ length }, () => new Float64Array(candidates)),
        };
      return drawSlates(opened, drawn);
    },
    readDrawn: (place, visit) => {
      const [{ length }, slates] = known();
      return readDrawn(slates, place, length, visit);
    },
    drawAround: (place, visit) => drawAroundDiverse(known()[0], place, visit),
    fillPositions: (positions) => fillPositions(...known(), positions),
  };
}
