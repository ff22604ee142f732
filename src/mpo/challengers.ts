import type { ChallengerSetting } from "../domain/improvement-record.ts";
import { largestOf, subtractTotal } from "../numeric/log-probabilities.ts";
import { addMeans, type RowScores, spread, varianceOf } from "./row-scores.ts";

// Challenger policies in closed form (docs/methods/mpo.md, step 2):
// π_φ(a|s) ∝ π_ref(a|s)^ρ · exp(A(s,a)/η), A = Q̄ − κ·σ_Q + σ_r(s)·(α·d + μ·min(d + 2, 0)), d = clip(D(s,a), ±3),
// π_ref = (1−ε₀)·π_θ + ε₀·uniform. The E-step of Abdolmaleki et al. 2018 (arXiv:1806.06920) on a finite candidate set.

/** ε₀: keeps Δ = log π_θ − log π_φ finite. */
const referenceFloor = 1e-3;
const discriminatorClip = 3;
/** D below which satisfied users almost never choose as the policy does: e⁻² of its mass. */
const implausibleLogit = -2;
/** |A/η| beyond this changes nothing but the risk of overflow. */
const exponentClip = 20;

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
 * η at which the mean KL over the states equals the radius, by bisection on log η (KL falls as η
 * grows; the dual of mpo.md 3). If even the coldest η stays within the radius, that one is
 * returned.
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
