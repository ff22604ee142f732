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

const largestOf = (values: ArrayLike<number>): number => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < values.length; a++) largest = Math.max(largest, values[a]!);
  return largest;
};

export function logSumExp(values: ArrayLike<number>): number {
  const largest = largestOf(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.exp(values[index]! - largest);
  return largest + Math.log(sum);
}

/** Logits to log probabilities, in place. */
export function subtractTotal(logits: Float64Array): Float64Array {
  const total = logSumExp(logits);
  for (let a = 0; a < logits.length; a++) logits[a]! -= total;
  return logits;
}

export const normaliseLogs = (logits: Float64Array): Float64Array => subtractTotal(logits.slice());

/** KL(p ‖ q) in nats from log probabilities; 0·log 0 is 0. */
export function klDivergence(logP: Float64Array, logQ: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < logP.length; index++) {
    const probability = Math.exp(logP[index]!);
    if (probability > 0) sum += probability * (logP[index]! - logQ[index]!);
  }
  return sum;
}

/** Adds Q̄ of each candidate. */
function addMeans({ rewardHeads }: RowScores, memory: readonly number[], into: Float64Array): void {
  for (let index = 0; index < memory.length; index++) {
    const weight = memory[index]!;
    if (weight === 0) continue;
    const first = rewardHeads[index * bootstraps]!;
    const second = rewardHeads[index * bootstraps + 1]!;
    for (let a = 0; a < into.length; a++) into[a]! += (weight * (first[a]! + second[a]!)) / 2;
  }
}

/** σ_Q² of a candidate: the sample variance of two draws, by memory weight. */
function varianceOf({ rewardHeads }: RowScores, memory: readonly number[], a: number): number {
  let variance = 0;
  for (let index = 0; index < memory.length; index++) {
    const gap = rewardHeads[index * bootstraps]![a]! - rewardHeads[index * bootstraps + 1]![a]!;
    variance += (memory[index]! * gap * gap) / 2;
  }
  return variance;
}

/** Q̄ and σ_Q of each candidate: mean over heads by memory weight, spread over bootstraps within a memory. */
export function rewardMoments(
  scores: RowScores,
  memory: readonly number[],
): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(scores.logPolicy.length);
  addMeans(scores, memory, mean);
  return { mean, deviation: mean.map((_, a) => Math.sqrt(varianceOf(scores, memory, a))) };
}

/** Standard deviation, of all values alike. */
export function spread(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (let a = 0; a < values.length; a++) sum += values[a]!;
  const mean = sum / values.length;
  for (let a = 0; a < values.length; a++) squares += (values[a]! - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

const clip = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

export const isImplausible = (logit: number): boolean => logit < implausibleLogit;

/** A_ω of each candidate, into an array of length K. @param restraint μ of `Restraint` */
export function writeAdvantages(
  scores: RowScores,
  { setting, restraint }: { readonly setting: ChallengerSetting; readonly restraint: number },
  into: Float64Array,
): void {
  const { memory, pessimism, discriminator } = setting;
  addMeans(scores, memory, into.fill(0));
  const unit = discriminator === 0 && restraint === 0 ? 0 : spread(into);
  for (let a = 0; a < into.length; a++) {
    if (pessimism !== 0) into[a]! -= pessimism * Math.sqrt(varianceOf(scores, memory, a));
    if (unit === 0) continue;
    const logit = clip(scores.discriminator[a]!, discriminatorClip);
    into[a]! += unit * (discriminator * logit + restraint * Math.min(0, logit - implausibleLogit));
  }
}

export function advantages(
  scores: RowScores,
  setting: ChallengerSetting,
  restraint = 0,
): Float64Array {
  const values = new Float64Array(scores.logPolicy.length);
  writeAdvantages(scores, { setting, restraint }, values);
  return values;
}

/** log π_ref^ρ, normalised, into an array of length K. */
export function writeReference(
  logPolicy: Float64Array,
  proximity: number,
  into: Float64Array,
): void {
  const uniform = referenceFloor / into.length;
  for (let a = 0; a < into.length; a++) {
    const floored = (1 - referenceFloor) * Math.exp(logPolicy[a]!) + uniform;
    into[a] = proximity === 0 ? 0 : proximity * Math.log(floored);
  }
  subtractTotal(into);
}

export function referenceLogs(logPolicy: Float64Array, proximity: number): Float64Array {
  const logs = new Float64Array(logPolicy.length);
  writeReference(logPolicy, proximity, logs);
  return logs;
}

/** log of π_ref·e^(A/η), normalised, into an array of length K. */
export function writeTilted(
  { reference, advantage }: { readonly reference: Float64Array; readonly advantage: Float64Array },
  temperature: number,
  into: Float64Array,
): void {
  const largest = largestOf(advantage);
  for (let a = 0; a < into.length; a++)
    into[a] = reference[a]! + Math.max(-exponentClip, (advantage[a]! - largest) / temperature);
  subtractTotal(into);
}

export function tilt(
  reference: Float64Array,
  advantage: Float64Array,
  temperature: number,
): Float64Array {
  const logs = new Float64Array(reference.length);
  writeTilted({ reference, advantage }, temperature, logs);
  return logs;
}

/** A state's reference as probabilities, and its advantages. */
interface TiltedState {
  readonly probabilities: Float64Array;
  readonly advantage: Float64Array;
}

/** KL(π ‖ π_ref) of π ∝ π_ref·e^x with x = (A − max A)/η: E_π[x] − log Σ π_ref·e^x, an exponential a candidate. */
function tiltedDivergence({ probabilities, advantage }: TiltedState, temperature: number): number {
  const largest = largestOf(advantage);
  let total = 0;
  let mean = 0;
  for (let a = 0; a < advantage.length; a++) {
    const x = Math.max(-exponentClip, (advantage[a]! - largest) / temperature);
    const mass = probabilities[a]! * Math.exp(x);
    total += mass;
    mean += mass * x;
  }
  return mean / total - Math.log(total);
}

/** Mass of π ∝ π_ref·e^(A/η) on some candidates. */
export function tiltedMass(
  { probabilities, advantage }: TiltedState,
  temperature: number,
  candidates: readonly number[],
): number {
  const largest = largestOf(advantage);
  const massOf = (a: number) =>
    probabilities[a]! * Math.exp(Math.max(-exponentClip, (advantage[a]! - largest) / temperature));
  let total = 0;
  let mass = 0;
  for (let a = 0; a < advantage.length; a++) total += massOf(a);
  for (const a of candidates) mass += massOf(a);
  return mass / total;
}

/** Low enough for values that differ by a millionth: of long sessions, or of rare rewards, one action changes little. */
const coldestTemperature = 1e-8;

/**
 * η at which the mean KL over the states equals the radius, by bisection on log η (KL falls as η grows; the dual of
 * mpo.md 3). Where even the coldest η stays within the radius, that one.
 */
export function solveTemperature(states: readonly TiltedState[], klRadius: number): number {
  let low = Math.log(coldestTemperature);
  let high = Math.log(1e2);
  // Leaves log η known to 1e-5.
  for (let iteration = 0; iteration < 21; iteration++) {
    const middle = (low + high) / 2;
    let total = 0;
    for (const state of states) total += tiltedDivergence(state, Math.exp(middle));
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
): Float64Array {
  let square = 0;
  for (let a = 0; a < served.length; a++) {
    const move = mixture[a]! - served[a]!;
    square += (move * move) / served[a]!;
  }
  // Σ t²/π_s = 1 + λ²·Σ(φ* − π_s)²/π_s, since both sum to one.
  const room = 1 / effectiveSampleShare - 1;
  const step = square === 0 ? 1 : Math.min(1, Math.sqrt(room / square));
  return served.map((value, a) => (1 - step) * value + step * mixture[a]!);
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
