/**
 * Challenger policies in closed form (docs/methods/mpo.md, step 2):
 * π_φ(a|s) ∝ π_ref(a|s)^ρ · exp(A(s,a)/η), A = Q̄ − κ·σ_Q + σ_r(s)·(α·d + μ·min(d + 2, 0)), d = clip(D(s,a), ±3),
 * π_ref = (1−ε₀)·π_θ + ε₀·uniform. The E-step of Abdolmaleki et al. 2018 (arXiv:1806.06920) on a finite candidate set.
 */
export interface ChallengerSetting {
  readonly name: string;
  /** ε: mean KL(π_φ ‖ π_ref^ρ) over states, nats. */
  readonly klRadius: number;
  /** κ: standard deviations of the reward model that are taken off. */
  readonly pessimism: number;
  /** α: weight of the discriminator in units of the reward model's spread at the state. */
  readonly discriminator: number;
  /** ρ in [0, 1]: 1 stays near the serving policy, 0 forgets it. */
  readonly proximity: number;
  /** Weight of each memory length, summing to one. */
  readonly memory: readonly number[];
}

/** What the networks say of one row's candidates, all arrays of length K. */
export interface RowScores {
  /** log π_θ, exploration floor not included. */
  readonly logPolicy: Float64Array;
  /** Q by head, memory-major: head = memory · bootstraps + bootstrap. In [0, 1]. */
  readonly rewardHeads: readonly Float64Array[];
  /** D, a logit. */
  readonly discriminator: Float64Array;
}

export const bootstraps = 2;
/** ε₀: keeps Δ = log π_θ − log π_φ finite. */
const referenceFloor = 1e-3;
const discriminatorClip = 3;
/** D below which satisfied users as good as never go where the policy goes: e⁻² of its mass. */
const implausibleLogit = -2;
/** |A/η| beyond this changes nothing but the risk of overflow. */
const exponentClip = 20;

export function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, values[index]!);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.exp(values[index]! - largest);
  return largest + Math.log(sum);
}

export function normaliseLogs(logits: Float64Array): Float64Array {
  const total = logSumExp(logits);
  return logits.map((value) => value - total);
}

/** KL(p ‖ q) in nats from log probabilities; 0·log 0 is 0. */
export function klDivergence(logP: Float64Array, logQ: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < logP.length; index++) {
    const probability = Math.exp(logP[index]!);
    if (probability > 0) sum += probability * (logP[index]! - logQ[index]!);
  }
  return sum;
}

/** Q̄ and σ_Q of each candidate: mean over heads by memory weight, spread over bootstraps within a memory. */
export function rewardMoments(
  scores: RowScores,
  memory: readonly number[],
): { mean: Float64Array; deviation: Float64Array } {
  const count = scores.logPolicy.length;
  const mean = new Float64Array(count);
  const variance = new Float64Array(count);
  for (const [index, weight] of memory.entries()) {
    const first = scores.rewardHeads[index * bootstraps]!;
    const second = scores.rewardHeads[index * bootstraps + 1]!;
    for (let a = 0; a < count; a++) {
      mean[a]! += (weight * (first[a]! + second[a]!)) / 2;
      // The sample variance of two draws.
      variance[a]! += (weight * (first[a]! - second[a]!) ** 2) / 2;
    }
  }
  return { mean, deviation: variance.map(Math.sqrt) };
}

function spread(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const clip = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

export const isImplausible = (logit: number): boolean => logit < implausibleLogit;

/** A. @param restraint μ of `Restraint` */
export function advantages(
  scores: RowScores,
  setting: ChallengerSetting,
  restraint = 0,
): Float64Array {
  const { mean, deviation } = rewardMoments(scores, setting.memory);
  const unit = spread(mean);
  return mean.map((value, a) => {
    const logit = clip(scores.discriminator[a]!, discriminatorClip);
    return (
      value -
      setting.pessimism * deviation[a]! +
      unit * (setting.discriminator * logit + restraint * Math.min(0, logit - implausibleLogit))
    );
  });
}

/** log π_ref^ρ, normalised. */
export function referenceLogs(logPolicy: Float64Array, proximity: number): Float64Array {
  const uniform = referenceFloor / logPolicy.length;
  return normaliseLogs(
    logPolicy.map(
      (value) => proximity * Math.log((1 - referenceFloor) * Math.exp(value) + uniform),
    ),
  );
}

export function tilt(
  reference: Float64Array,
  advantage: Float64Array,
  temperature: number,
): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < advantage.length; a++) largest = Math.max(largest, advantage[a]!);
  const logits = new Float64Array(reference.length);
  for (let a = 0; a < logits.length; a++)
    logits[a] = reference[a]! + Math.max(-exponentClip, (advantage[a]! - largest) / temperature);
  const total = logSumExp(logits);
  for (let a = 0; a < logits.length; a++) logits[a]! -= total;
  return logits;
}

/** exp of a reference's logs, and each advantage less the largest one. */
interface TiltedState {
  readonly reference: Float64Array;
  readonly gaps: Float64Array;
}

function prepare(state: {
  readonly reference: Float64Array;
  readonly advantage: Float64Array;
}): TiltedState {
  const largest = state.advantage.reduce(
    (most, value) => Math.max(most, value),
    Number.NEGATIVE_INFINITY,
  );
  return {
    reference: state.reference.map(Math.exp),
    gaps: state.advantage.map((value) => value - largest),
  };
}

/** KL(π ‖ π_ref) of π ∝ π_ref·e^x with x = A/η: E_π[x] − log Σ π_ref·e^x, an exponential a candidate. */
function tiltedDivergence({ reference, gaps }: TiltedState, temperature: number): number {
  let total = 0;
  let mean = 0;
  for (let a = 0; a < gaps.length; a++) {
    const x = Math.max(-exponentClip, gaps[a]! / temperature);
    const mass = reference[a]! * Math.exp(x);
    total += mass;
    mean += mass * x;
  }
  return mean / total - Math.log(total);
}

/**
 * η at which the mean KL over the states equals the radius, by bisection on log η (KL falls as η grows; the dual of
 * mpo.md 3). Where even the coldest η stays within the radius, that one.
 */
export function solveTemperature(
  states: readonly { readonly reference: Float64Array; readonly advantage: Float64Array }[],
  klRadius: number,
): number {
  const prepared = states.map(prepare);
  let low = Math.log(1e-4);
  let high = Math.log(1e2);
  // Leaves log η known to 1e-5.
  for (let iteration = 0; iteration < 20; iteration++) {
    const middle = (low + high) / 2;
    let total = 0;
    for (const state of prepared) total += tiltedDivergence(state, Math.exp(middle));
    if (total / states.length > klRadius) low = middle;
    else high = middle;
  }
  return Math.exp(high);
}

/** log π_φ of one row under a setting whose η and μ are known. */
export const challengerLogs = (
  scores: RowScores,
  setting: ChallengerSetting,
  { temperature, restraint = 0 }: { readonly temperature: number; readonly restraint?: number },
): Float64Array =>
  tilt(
    referenceLogs(scores.logPolicy, setting.proximity),
    advantages(scores, setting, restraint),
    temperature,
  );

/** log of Σ_j w_j π_φj: the mixture that the policy is moved to. */
export function mixtureLogs(
  logs: readonly Float64Array[],
  weights: readonly number[],
): Float64Array {
  const probabilities = new Float64Array(logs[0]!.length);
  for (const [j, weight] of weights.entries()) {
    if (weight === 0) continue;
    for (let a = 0; a < probabilities.length; a++)
      probabilities[a]! += weight * Math.exp(logs[j]![a]!);
  }
  return probabilities.map((value) => Math.log(value));
}

/**
 * Target of one state inside the trust region: t = (1 − λ)·π_s + λ·φ*, with the largest λ ≤ 1 whose weights against the
 * served policy π_s keep Σ_a t²/π_s ≤ 1/share. That sum is 1/(ESS/n) of the estimates that will judge t, so the step is as
 * large as its own evidence allows; see docs/decisions/0014.
 * @param served π_s, exploration floor included, every entry positive
 */
export function trustRegionTarget(
  served: Float64Array,
  mixture: Float64Array,
  effectiveSampleShare: number,
): { target: Float64Array; step: number } {
  let square = 0;
  for (let a = 0; a < served.length; a++) {
    const move = mixture[a]! - served[a]!;
    square += (move * move) / served[a]!;
  }
  // Σ t²/π_s = 1 + λ²·Σ(φ* − π_s)²/π_s, since both sum to one.
  const room = 1 / effectiveSampleShare - 1;
  const step = square === 0 ? 1 : Math.min(1, Math.sqrt(room / square));
  return { target: served.map((value, a) => (1 - step) * value + step * mixture[a]!), step };
}

/** The policy that gives `target` once it is served with an exploration floor: (t − ε/K)/(1 − ε), kept positive. */
export function withoutFloor(target: Float64Array, exploration: number): Float64Array {
  const floor = exploration / target.length;
  const smallest = 1e-4 / target.length;
  const raw = target.map((value) =>
    Math.max(smallest, (value - floor) / Math.max(1e-9, 1 - exploration)),
  );
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}
