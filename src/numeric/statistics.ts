/** Arithmetic mean; needs at least one value. Sums in float64. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  // A counted loop: an iterator takes five times as long.
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
}

const sqrtTwoPi = Math.sqrt(2 * Math.PI);
/**
 * Point at which the series of Φ changes to the continued fraction, and the number of terms that
 * reach float64 beyond it.
 */
const tailStart = 2.5;
const tailTerms = 60;

/**
 * Φ(x), the standard normal distribution function, relative error below 1e-12 for x > −37 (measured against mpmath).
 * Near 0 the series ½ + φ(x)·Σ x^(2k+1)/(1·3·…·(2k+1)) (Marsaglia 2004); in the tails Laplace's continued fraction
 * Φ(−x) = φ(x)/(x + 1/(x + 2/(x + 3/(x + …)))), which loses no digits to cancellation.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) throw new RangeError("normalCdf needs a number, got NaN");
  if (x > tailStart) return 1 - normalCdf(-x);
  const density = Math.exp((-x * x) / 2) / sqrtTwoPi;
  if (x < -tailStart) {
    let fraction = -x;
    for (let k = tailTerms; k >= 1; k--) fraction = -x + k / fraction;
    return density / fraction;
  }
  let sum = 0;
  for (let term = x, k = 1; sum + term !== sum; k += 2, term *= (x * x) / k) sum += term;
  return 0.5 + density * sum;
}

/** Numerator and denominator of a rational function, lowest power first. */
type Rational = readonly [readonly number[], readonly number[]];

const central: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.693765509461,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.187007492058, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852854,
  ],
];
const near: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const far: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0);
const rational = ([numerator, denominator]: Rational, x: number) =>
  polynomial(numerator, x) / polynomial(denominator, x);

/**
 * Φ⁻¹(p) for p in (0, 1), relative error about 1e-15: algorithm AS 241, PPND16 (Wichura 1988).
 * @throws RangeError for p outside (0, 1)
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability must be in (0, 1), got ${p}`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(central, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  return Math.sign(q) * (r <= 5 ? rational(near, r - 1.6) : rational(far, r - 5));
}
