import { bisect } from "../bisect.ts";

/** Orders α of Rényi divergences that an account keeps; the best of them gives ε. */
export const orders: readonly number[] = [
  ...Array.from({ length: 63 }, (_, index) => index + 2),
  ...[72, 80, 96, 112, 128, 160, 192, 256, 384, 512, 1024],
];

/** Rényi divergence at each of `orders`, nats. Those of mechanisms that were run one after the other add up. */
export type RenyiCurve = readonly number[];

/** A Gaussian mechanism on a sample of the users. */
export interface GaussianMechanism {
  /** q in (0, 1]: chance of each user to be in a step's sample, independent of all others. */
  readonly samplingRate: number;
  /** σ > 0: standard deviation of the noise, in units of the longest contribution of a user. */
  readonly noise: number;
  readonly steps: number;
}

/** log k! up to the largest order. */
const logFactorials = new Float64Array(orders.at(-1)! + 1);
for (let k = 1; k < logFactorials.length; k++)
  logFactorials[k] = logFactorials[k - 1]! + Math.log(k);

const logChoose = (n: number, k: number) =>
  logFactorials[n]! - logFactorials[k]! - logFactorials[n - k]!;

function logSum(terms: readonly number[]): number {
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * Rényi divergence of order α of one step of the sampled Gaussian mechanism (Mironov, Talwar & Zhang 2019,
 * arXiv:1908.10530, section 3.3), for neighbours that differ in one user:
 *
 *     1/(α − 1)·log Σ_k C(α, k)·(1 − q)^(α − k)·q^k·e^((k² − k)/2σ²)
 */
function divergenceOf(
  { samplingRate: q, noise }: Pick<GaussianMechanism, "samplingRate" | "noise">,
  order: number,
): number {
  if (q === 1) return order / (2 * noise ** 2);
  const terms = Array.from(
    { length: order + 1 },
    (_, k) =>
      logChoose(order, k) +
      (order - k) * Math.log1p(-q) +
      k * Math.log(q) +
      (k * k - k) / (2 * noise ** 2),
  );
  // At least 0: rounding may fall below.
  return Math.max(0, logSum(terms)) / (order - 1);
}

/** @throws RangeError that names the field */
function assertMechanism({ samplingRate, noise, steps }: GaussianMechanism): void {
  if (!(samplingRate > 0 && samplingRate <= 1))
    throw new RangeError(`samplingRate must be in (0, 1], got ${samplingRate}`);
  if (!(noise > 0)) throw new RangeError(`noise must be above 0, got ${noise}`);
  if (!(Number.isSafeInteger(steps) && steps >= 0))
    throw new RangeError(`steps must be an integer from 0, got ${steps}`);
}

/** @throws RangeError that names the field */
export function renyiOf(mechanism: GaussianMechanism): RenyiCurve {
  assertMechanism(mechanism);
  return orders.map((order) => mechanism.steps * divergenceOf(mechanism, order));
}

/** Curve of a record without private trainings. */
export const nothingSpent: RenyiCurve = orders.map(() => 0);

export const addCurves = (one: RenyiCurve, other: RenyiCurve): RenyiCurve =>
  one.map((value, index) => value + other[index]!);

export const repeatCurve = (curve: RenyiCurve, times: number): RenyiCurve =>
  curve.map((value) => value * times);

/**
 * The ε of (ε, δ)-differential privacy that a curve proves, min over α of RDP(α) + log((α − 1)/α) − (log δ + log α)/(α − 1) (Canonne,
 * Kamath & Steinke 2020, arXiv:2004.00010, proposition 12).
 *
 * @param delta δ in (0, 1)
 */
export function epsilonOf(curve: RenyiCurve, delta: number): number {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta must be in (0, 1), got ${delta}`);
  if (curve.every((value) => value === 0)) return 0;
  const bounds = orders.map(
    (order, index) =>
      curve[index]! + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1),
  );
  return Math.max(0, Math.min(...bounds));
}

/** Noise beyond which a mechanism costs next to nothing. */
const mostNoise = 1e6;
/** Below it no sample is private. */
const leastNoise = 1e-2;

/**
 * The least noise with which a curve stays within (ε, δ), to the last bit.
 *
 * @param curveAt curve of everything that the noise decides about
 * @throws RangeError if no noise is enough
 */
export function leastNoiseFor(
  curveAt: (noise: number) => RenyiCurve,
  { epsilon, delta }: { readonly epsilon: number; readonly delta: number },
): number {
  const isTooMuch = (noise: number) => epsilonOf(curveAt(noise), delta) > epsilon;
  if (isTooMuch(mostNoise))
    throw new RangeError(`no noise leads to epsilon ${epsilon} at delta ${delta}`);
  const noise = bisect(isTooMuch, leastNoise, mostNoise);
  // The last bit of a bisection may be on either side.
  return isTooMuch(noise) ? noise * (1 + 2 ** -40) : noise;
}
