/** How a policy fills a slate: one position after the other, (1 − ε)·π + ε/K over the candidates that are left. */
export interface SlateRule {
  /** π of the K candidates at the first position, without the floor; sums to 1. */
  readonly policy: Float64Array;
  /** ε of the floor, in [0, 1]. */
  readonly exploration: number;
}

/** Where the items of a slate end up under a policy. */
export interface SlateMarginals {
  /** P(candidate a at position k), K for each position; each sums to 1. */
  readonly positions: readonly Float64Array[];
  /** P(the logged item at its own position), exact at position 0. */
  readonly logged: Float64Array;
}

/** Below this the mass that is left is summed anew: a difference of two near numbers has no digits left. */
const smallestDifference = 1e-6;

/** The candidate in whose share of the policy's mass `mass` falls, if the taken ones have none. @param taken ascending */
function findByMass(
  { policy, cumulative }: { readonly policy: Float64Array; readonly cumulative: Float64Array },
  taken: readonly number[],
  mass: number,
): number {
  let target = mass;
  for (const a of taken) {
    if (cumulative[a]! > target) break;
    target += policy[a]!;
  }
  let [low, high] = [0, policy.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle + 1]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The candidate at an index among those that are not taken. @param taken ascending */
function findByIndex(taken: readonly number[], index: number): number {
  let found = index;
  for (const a of taken) {
    if (a > found) break;
    found++;
  }
  return found;
}

/** Picks from the candidates that are not taken; knows which those are. */
function createDrawer({ policy, exploration }: SlateRule) {
  const { length: count } = policy;
  const cumulative = new Float64Array(count + 1);
  for (let a = 0; a < count; a++) cumulative[a + 1] = cumulative[a]! + policy[a]!;
  const shares = { policy, cumulative };
  /** Indices in ascending order. */
  const taken: number[] = [];
  let takenMass = 0;
  function leftMass(): number {
    const left = cumulative[count]! - takenMass;
    if (left > smallestDifference) return left;
    let sum = 0;
    for (let a = 0; a < count; a++) if (!taken.includes(a)) sum += policy[a]!;
    return sum;
  }
  return {
    take(a: number): void {
      let place = taken.length;
      while (place > 0 && taken[place - 1]! > a) place--;
      taken.splice(place, 0, a);
      takenMass += policy[a]!;
    },
    clear(): void {
      taken.length = 0;
      takenMass = 0;
    },
    leftMass,
    /** @param uniform in [0, 1); with a floor its first ε are for the uniform choice */
    draw(uniform: number): number {
      const left = count - taken.length;
      if (uniform < exploration)
        return findByIndex(taken, Math.floor((uniform / exploration) * left));
      const share = (uniform - exploration) / (1 - exploration);
      const chosen = findByMass(shares, taken, share * leftMass());
      // Rounding at a border can hit a taken candidate.
      return taken.includes(chosen) ? findByIndex(taken, 0) : chosen;
    },
  };
}

/** Draws of a slate for every policy that is compared on it: what they share cancels in differences. */
export interface SlateDraws {
  readonly draws: number;
  /** Uniform in [0, 1), one for each position of each draw. */
  readonly uniforms: Float64Array;
}

interface DrawnMarginals {
  /** P(candidate a at position k) as the mean of its conditional probability over drawn prefixes (Rao & Blackwell). */
  readonly positions: readonly Float64Array[];
  /** Share of the draws in which candidate a is above position k. */
  readonly takenShare: readonly Float64Array[];
}

function drawMarginals(
  rule: SlateRule,
  length: number,
  { draws, uniforms }: SlateDraws,
): DrawnMarginals {
  const { policy, exploration } = rule;
  const { length: count } = policy;
  const drawer = createDrawer(rule);
  // Mean over the draws of 1/(mass left), and its part by candidate that was taken: of one that always is they are the same.
  const scale = new Float64Array(length);
  const takenScale = Array.from({ length }, () => new Float64Array(count));
  const takenShare = Array.from({ length }, () => new Float64Array(count));
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear();
    const prefix: number[] = [];
    for (let k = 0; k < length; k++) {
      const share = 1 / (drawer.leftMass() * draws);
      scale[k]! += share;
      for (const a of prefix) {
        takenScale[k]![a]! += share;
        takenShare[k]![a]! += 1 / draws;
      }
      if (k === length - 1) break;
      const chosen = drawer.draw(uniforms[draw * length + k]!);
      drawer.take(chosen);
      prefix.push(chosen);
    }
  }
  const positions = takenShare.map((shares, k) =>
    shares.map((share, a) => {
      const chosen = policy[a]! * (scale[k]! - takenScale[k]![a]!);
      return (1 - exploration) * chosen + (exploration * (1 - share)) / (count - k);
    }),
  );
  return { positions, takenShare };
}

/**
 * P(a at k) of one item, as the mean of Π_{j<k}(1 − P(a | prefix_j))·P(a | prefix_k) over prefixes drawn without it: the way to
 * an item that is seldom missing from a prefix.
 */
function marginalOf(
  rule: SlateRule,
  { item, position }: { readonly item: number; readonly position: number },
  { draws, uniforms }: SlateDraws,
  length: number,
): number {
  const { policy, exploration } = rule;
  const { length: count } = policy;
  const drawer = createDrawer(rule);
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear();
    drawer.take(item);
    let missed = 1;
    for (let k = 0; ; k++) {
      const others = drawer.leftMass();
      const conditional =
        ((1 - exploration) * policy[item]!) / (others + policy[item]!) + exploration / (count - k);
      if (k === position) {
        sum += missed * conditional;
        break;
      }
      // 1 − P(a | prefix), without the digits that a difference loses.
      missed *=
        ((1 - exploration) * others) / (others + policy[item]!) +
        exploration * (1 - 1 / (count - k));
      drawer.take(drawer.draw(uniforms[draw * length + k]!));
    }
  }
  return sum / draws;
}

/** An item that is above its position in more draws is drawn around: few would be left to say how likely it is there. */
const oftenTaken = 0.5;

/**
 * Item–position marginals of a slate that is drawn without replacement, for the policy value under a position-based
 * reward: V(π) = Σ_k Σ_a P_π(a at k)·q(a, k).
 *
 * @param logged indices of the logged items, position 0 first
 * @param draws the same for all policies that are compared on the slate
 */
export function slateMarginals(
  rule: SlateRule,
  logged: readonly number[],
  draws: SlateDraws,
): SlateMarginals {
  const { length } = logged;
  const { positions, takenShare } = drawMarginals(rule, length, draws);
  return {
    positions,
    logged: Float64Array.from(logged, (item, position) =>
      takenShare[position]![item]! > oftenTaken
        ? marginalOf(rule, { item, position }, draws, length)
        : positions[position]![item]!,
    ),
  };
}
