import type { GateInput } from "../../src/evaluation/gate.ts";
import type { LiveArm } from "../../src/evaluation/live-difference.ts";
import type { RandomStream } from "../../src/numeric/random.ts";
import { simulateGate } from "../../tests/support/simulated-gate.ts";

/** Clicks earn the reward, and conversions are guarded. */
export interface GuardedWorld {
  /** True relative change of the clicks, and of the conversions. */
  readonly lift: number;
  readonly change: number;
  /** Conversions to be expected in each arm of live traffic. */
  readonly conversions: number;
}

const visits = 5;
const [clickRate, conversionRate] = [0.2, 0.05];
/** Half of the users convert less often, half more often. */
const ownRates = [0.7, 1.3] as const;

export interface GuardedArms {
  readonly clicks: { readonly tested: LiveArm; readonly reference: LiveArm };
  readonly conversions: { readonly tested: LiveArm; readonly reference: LiveArm };
}

/** Number of successes in a user's visits, by inversion of the binomial distribution. */
function createCount(rate: number): (uniform: number) => number {
  const chances: number[] = [];
  let chance = (1 - rate) ** visits;
  for (let count = 0; count <= visits; count++) {
    chances.push(chance);
    chance *= ((visits - count) / (count + 1)) * (rate / (1 - rate));
  }
  return (uniform) => {
    let left = uniform;
    const found = chances.findIndex((one) => {
      left -= one;
      return left < 0;
    });
    return found === -1 ? visits : found;
  };
}

function drawArm(users: number, gains: readonly [number, number], random: RandomStream) {
  const draw = (value: () => number) => Float64Array.from({ length: users }, value);
  const countClicks = createCount(clickRate * gains[0]);
  const counts = ownRates.map((own) => createCount(conversionRate * own * gains[1]));
  const rows = draw(() => visits);
  const armOf = (rewardSums: Float64Array): LiveArm => ({ rewardSums, rows });
  return {
    clicks: armOf(draw(() => countClicks(random.uniform()))),
    conversions: armOf(draw(() => counts[random.integer(2)]!(random.uniform()))),
  };
}

/** Both arms of a live test, of as many users each. */
export function simulateArms(world: GuardedWorld, random: RandomStream): GuardedArms {
  const users = Math.round(world.conversions / conversionRate / visits);
  const tested = drawArm(users, [1 + world.lift, 1 + world.change], random.split("tested"));
  const reference = drawArm(users, [1, 1], random.split("reference"));
  return {
    clicks: { tested: tested.clicks, reference: reference.clicks },
    conversions: { tested: tested.conversions, reference: reference.conversions },
  };
}

/** A gate's input whose reward gains by `lift`, with conversions of each row that change by `change`. */
export function simulateLogged(
  { lift, change, users }: Pick<GuardedWorld, "lift" | "change"> & { readonly users: number },
  random: RandomStream,
): { readonly input: GateInput; readonly outcomes: Float64Array } {
  const input = simulateGate({ users, lift }, random.split("rewards"));
  const draw = random.split("conversions");
  const { targetProbabilities: chosen } = input.candidate;
  const { propensities } = input.feedback;
  // Of a conversion rate linear in the candidate's preference w − 1 the candidate has the mean (1 + change) · rate.
  const spread =
    chosen.reduce((sum, p, row) => sum + (p / propensities[row]! - 1) ** 2, 0) / chosen.length;
  const outcomes = chosen.map((p, row) => {
    const preference = (p / propensities[row]! - 1) / spread;
    return draw.uniform() < 0.3 * (1 + change * preference) ? 1 : 0;
  });
  return { input, outcomes };
}
