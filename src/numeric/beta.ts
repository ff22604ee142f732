import { bisect } from "./bisect.ts";
import { logGamma } from "./gamma.ts";

/** Keeps the fraction below away from 0/0. */
const tiny = 1e-300;

/** The continued fraction of the incomplete beta function, DLMF 8.17.22, by Lentz's method (Thompson & Barnett 1986). */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let k = 1; ; k++) {
    const before = fraction;
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k));
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    for (const numerator of [even, odd]) {
      d = 1 / (1 + numerator * d || tiny);
      c = 1 + numerator / c || tiny;
      fraction *= c * d;
    }
    if (Math.abs(fraction - before) <= 4 * Number.EPSILON * Math.abs(fraction)) return fraction;
  }
}

/**
 * I_x(a, b), the regularised incomplete beta function, for a, b > 0 and x in [0, 1]; DLMF 8.17.
 * Relative error about 1e-16 times the size of ln Γ(a + b): below 1e-10 up to a + b = 10⁵.
 * @throws RangeError for other x, a and b
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0 && a + b < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`incompleteBeta needs x in [0, 1] and finite a, b > 0, got ${[x, a, b]}`);
  }
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logScale = logGamma(a + b) - logGamma(a) - logGamma(b);
  const logFactor = logScale + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(logFactor) * betaFraction(x, a, b)) / a;
}

function checkProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability must be in (0, 1), got ${p}`);
}

/** The x with I_x(a, b) = p: the p-quantile of the beta distribution. @throws RangeError for p outside (0, 1) */
export function betaQuantile(p: number, a: number, b: number): number {
  checkProbability(p);
  return bisect((x) => incompleteBeta(x, a, b) < p, 0, 1);
}

/**
 * The p-quantile of Student's t distribution with ν > 0 degrees of freedom: t² = ν·y/(1 − y) with
 * I_y(½, ν/2) = |2p − 1|.
 * @throws RangeError for p outside (0, 1)
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  checkProbability(p);
  if (p === 0.5) return 0;
  const y = betaQuantile(Math.abs(2 * p - 1), 0.5, degreesOfFreedom / 2);
  return Math.sign(p - 0.5) * Math.sqrt((degreesOfFreedom * y) / (1 - y));
}
