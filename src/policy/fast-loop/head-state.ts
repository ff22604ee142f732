export interface LinearHeadOptions {
  /** d, features of an event. */
  readonly size: number;
  /**
   * λ > 0: weight of the prior beside an event's squared feature; the prior of a weight has
   * variance σ²/λ.
   */
  readonly priorPrecision: number;
  /**
   * γ in (0, 1]: factor on the weight of earlier events at each event; it remembers about 1/(1 − γ)
   * of them.
   */
  readonly forgetting: number;
  /** σ² > 0 before any event, in squared units of the target. */
  readonly noiseVariance: number;
}

/** Number of events with the same weight as the first σ². */
export const noiseObservations = 10;

/** @throws RangeError that names the option out of range */
export function checkHeadOptions(options: LinearHeadOptions): void {
  const { size, priorPrecision, forgetting, noiseVariance } = options;
  const refuse = (name: string, value: number, range: string) => {
    throw new RangeError(`${name} is ${value}; it must be ${range}`);
  };
  if (!(Number.isInteger(size) && size >= 1)) refuse("size", size, "an integer of at least 1");
  const isPositive = (value: number) => value > 0 && Number.isFinite(value);
  if (!isPositive(priorPrecision)) refuse("priorPrecision", priorPrecision, "above 0");
  if (!(forgetting > 0 && forgetting <= 1)) refuse("forgetting", forgetting, "in (0, 1]");
  if (!isPositive(noiseVariance)) refuse("noiseVariance", noiseVariance, "above 0");
}

/** All of a head's numbers in one array, so that encoding it is a copy. */
export interface HeadState {
  readonly all: Float64Array;
  /** Events since the last factorisation; sum and weight of the squared errors. */
  readonly counts: Float64Array;
  /** b */
  readonly right: Float64Array;
  /** Upper triangles of A and of R with A = RᵀR. */
  readonly matrix: Float64Array;
  readonly factor: Float64Array;
}

/** Numbers of a head with so many features. */
const countNumbers = (size: number) => 3 + size + 2 * size * size;

export const encodedBytes = (size: number): number =>
  countNumbers(size) * Float64Array.BYTES_PER_ELEMENT;

function allocate(size: number): HeadState {
  const all = new Float64Array(countNumbers(size));
  const matrixStart = 3 + size;
  return {
    all,
    counts: all.subarray(0, 3),
    right: all.subarray(3, matrixStart),
    matrix: all.subarray(matrixStart, matrixStart + size * size),
    factor: all.subarray(matrixStart + size * size),
  };
}

function startFromPrior({ counts, matrix, factor }: HeadState, options: LinearHeadOptions): void {
  const { size, priorPrecision, noiseVariance } = options;
  counts.set([0, noiseObservations * noiseVariance, noiseObservations]);
  for (let row = 0; row < size; row++) {
    matrix[row * size + row] = priorPrecision;
    factor[row * size + row] = Math.sqrt(priorPrecision);
  }
}

function restore(all: Float64Array, bytes: Uint8Array): void {
  if (bytes.length !== all.byteLength)
    throw new RangeError(`an encoded head has ${bytes.length} bytes, expected ${all.byteLength}`);
  all.set(new Float64Array(bytes.slice().buffer));
  if (!all.every(Number.isFinite))
    throw new RangeError("an encoded head has a number that is not finite");
}

/**
 * From the prior, or from an encoded head.
 * @throws RangeError on an option out of range, on bytes of another size or with a number that is
 *   not finite
 */
export function createHeadState(options: LinearHeadOptions, bytes?: Uint8Array): HeadState {
  checkHeadOptions(options);
  const state = allocate(options.size);
  if (bytes === undefined) startFromPrior(state, options);
  else restore(state.all, bytes);
  return state;
}

/** An encoded head with `added` features before its own, which were 0 in all its events: it knows no more of them than the prior. */
export function widenHead(
  bytes: Uint8Array,
  options: LinearHeadOptions,
  added: number,
): Uint8Array {
  const { size } = options;
  const narrow = createHeadState(options, bytes);
  const wide = createHeadState({ ...options, size: added + size });
  wide.counts.set(narrow.counts);
  wide.right.set(narrow.right, added);
  for (const part of ["matrix", "factor"] as const) {
    for (let row = 0; row < size; row++)
      wide[part].set(
        narrow[part].subarray(row * size, (row + 1) * size),
        (added + row) * (added + size) + added,
      );
  }
  return new Uint8Array(wide.all.buffer);
}
