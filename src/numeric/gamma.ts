/** Lanczos' series with g = 7 and nine terms (Godfrey 2001). */
const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;
const halfLogTwoPi = Math.log(2 * Math.PI) / 2;

/** ln Γ(x) for x > 0, relative error about 1e-15. @throws RangeError for x ≤ 0 and NaN */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma needs x > 0, got ${x}`);
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const base = z + 7.5;
  const series = lanczos.reduce((sum, term, k) => sum + (k === 0 ? term : term / (z + k)), 0);
  return halfLogTwoPi + (z + 0.5) * Math.log(base) - base + Math.log(series);
}

/** Σ x^k / (a·(a + 1)·…·(a + k)): DLMF 8.11.4 without its factor, all terms positive. */
function sumSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; term > sum * Number.EPSILON; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/** The continued fraction of Γ(a, x)/(x^a·e^−x), DLMF 8.9.2, by Lentz's method in the form of Thompson & Barnett 1986. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; ; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) <= 4 * Number.EPSILON) return fraction;
  }
}

/**
 * ln γ(a, x), the logarithm of the lower incomplete gamma function ∫₀ˣ t^(a−1)·e^−t dt, for a > 0
 * and x > 0. Steps grow with √a if x is near a.
 * @throws RangeError for other a and x
 */
export function logLowerGamma(a: number, x: number): number {
  if (!(a > 0 && x > 0 && a + x < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`logLowerGamma needs finite a > 0 and x > 0, got ${a} and ${x}`);
  }
  const logFactor = a * Math.log(x) - x;
  if (x < a + 1) return logFactor + Math.log(sumSeries(a, x));
  const logWhole = logGamma(a);
  return logWhole + Math.log1p(-Math.exp(logFactor - logWhole) * upperFraction(a, x));
}
