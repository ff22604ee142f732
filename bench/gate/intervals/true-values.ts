import { examination } from "../../../src/lab/worlds/synthetic-truth.ts";
import { createRandom } from "../../../src/numeric/random.ts";

/** Drawn for each user; with the expectation at each position taken exactly, a policy's difference is known to a hundredth of the interval. */
const draws = 4;
const luckSeed = 1911;

/** A user of the population: appeal of the candidates by index, and the exploration with which slates are drawn. */
export interface TrueState {
  readonly appeals: Float64Array;
  readonly exploration: number;
}

/**
 * Clicks of a slate drawn by Plackett–Luce with a floor: at each position the exact expectation given the items above.
 * @param uniforms one for each position
 */
function valueSlate(
  policy: Float64Array,
  { appeals, exploration }: TrueState,
  uniforms: Float64Array,
): number {
  const isTaken = new Uint8Array(policy.length);
  let [value, taken] = [0, 0];
  for (const [position, uniform] of uniforms.entries()) {
    const scale = (1 - exploration) / (1 - taken);
    const floor = exploration / (policy.length - position);
    let [expected, cumulative, chosen] = [0, 0, -1];
    for (let a = 0; a < policy.length; a++) {
      if (isTaken[a] === 1) continue;
      const probability = scale * policy[a]! + floor;
      expected += probability * appeals[a]!;
      cumulative += probability;
      if (chosen < 0 && uniform < cumulative) chosen = a;
    }
    value += examination(position) * expected;
    const shown = chosen < 0 ? isTaken.lastIndexOf(0) : chosen;
    isTaken[shown] = 1;
    taken += policy[shown]!;
  }
  return value;
}

/**
 * Mean clicks of a shown item over all users under a policy, the same luck for every policy.
 * @param logs log π of each state's candidates
 */
export function valueTruly(
  states: readonly TrueState[],
  logs: readonly Float64Array[],
  slateSize: number,
): number {
  let sum = 0;
  for (const [index, state] of states.entries()) {
    const random = createRandom(luckSeed).split(index);
    const policy = logs[index]!.map(Math.exp);
    for (let draw = 0; draw < draws; draw++) {
      const uniforms = Float64Array.from({ length: slateSize }, () => random.uniform());
      sum += valueSlate(policy, state, uniforms);
    }
  }
  return sum / (states.length * draws * slateSize);
}
