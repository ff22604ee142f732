/** Vectors as bytes: number i of a vector is least_i + step_i · (byte + remainder). */
export interface ByteScale {
  readonly least: Float64Array;
  readonly step: Float64Array;
}

/** Room beyond the measured range, as a share of it, for vectors that come later. */
const headroom = 0.1;

/** Measures the range that each number of some vectors has. */
export function createRange(width: number) {
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  return {
    include: (vector: Float64Array): void => {
      for (let i = 0; i < width; i++) {
        if (vector[i]! < least[i]!) least[i] = vector[i]!;
        if (vector[i]! > most[i]!) most[i] = vector[i]!;
      }
    },
    scale: (): ByteScale => {
      const range = most.map((value, i) => value - least[i]!);
      return {
        least: least.map((value, i) => value - headroom * range[i]!),
        // A number that all vectors have in common needs no more than one byte.
        step: range.map((size) => (size > 0 ? ((1 + 2 * headroom) * size) / 255 : 1)),
      };
    },
  };
}

/** How far bytes are from a vector, and from the middle of their range. */
export interface Rounding {
  /** Length of the remainders, in steps. */
  readonly remainder: number;
  /** Length of the bytes less 128. */
  readonly spread: number;
}

/** Writes the nearest bytes of a vector. */
export function writeBytes(
  { least, step }: ByteScale,
  vector: Float64Array,
  bytes: Uint8Array,
): Rounding {
  let remainders = 0;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const steps = (vector[i]! - least[i]!) / step[i]!;
    const byte = Math.max(0, Math.min(255, Math.round(steps)));
    bytes[i] = byte;
    remainders += (steps - byte) ** 2;
    squares += (byte - 128) ** 2;
  }
  return { remainder: Math.sqrt(remainders), spread: Math.sqrt(squares) };
}

/** least + perRemainder · remainder + perSpread · spread */
export interface RoundingError {
  readonly least: number;
  readonly perRemainder: number;
  readonly perSpread: number;
}

export const boundError = (
  { least, perRemainder, perSpread }: RoundingError,
  { remainder, spread }: Rounding,
): number => least + perRemainder * remainder + perSpread * spread;

/** A vector to multiply bytes with: x·y = constant + unit · (weights · bytes) within an error. */
export interface ByteWeights {
  readonly weights: Int8Array;
  /** Size of 1 in products of weights and bytes. */
  readonly unit: number;
  /**
   * Bound of |x·y − constant − unit · (weights · bytes)| / unit for all y whose bytes have such a rounding: x_i·step_i = unit · (w_i + ρ_i), and
   * what ρ and the remainders of y leave is bounded by their lengths (Cauchy-Schwarz).
   */
  readonly error: RoundingError;
  /** No product of the weights with any bytes is outside. */
  readonly range: { readonly least: number; readonly most: number };
}

/** Share of float64's own rounding that a bound has room for. */
const slack = 1e-9;

/** @param largestWeight in size, at most 127 */
export function weighBytes(
  { step }: ByteScale,
  vector: Float64Array,
  largestWeight: number,
): ByteWeights {
  const scaled = vector.map((x, i) => x * step[i]!);
  const largest = scaled.reduce((most, z) => Math.max(most, Math.abs(z)), 0);
  const unit = largest === 0 ? 1 : largest / largestWeight;
  const weights = Int8Array.from(scaled, (z) => Math.round(z / unit));
  let lost = 0;
  let squares = 0;
  let [least, most] = [0, 0];
  for (let i = 0; i < scaled.length; i++) {
    least += 255 * Math.min(0, weights[i]!);
    most += 255 * Math.max(0, weights[i]!);
    lost += (scaled[i]! / unit - weights[i]!) ** 2;
    squares += (scaled[i]! / unit) ** 2;
  }
  const [rho, length] = [Math.sqrt(lost), Math.sqrt(squares)];
  return {
    weights,
    unit,
    error: {
      least: 128 * slack * length,
      perRemainder: length,
      perSpread: rho + slack * length,
    },
    range: { least, most },
  };
}
