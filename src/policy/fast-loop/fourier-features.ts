import type { RandomStream } from "../../numeric/random.ts";

export interface FourierOptions {
  readonly inputs: number;
  /** D, features made; their kernel is off by about 1/√D. */
  readonly features: number;
  /** Width of the Gaussian kernel, in units of the inputs. */
  readonly bandwidth: number;
  readonly random: RandomStream;
}

/**
 * Random Fourier features z(x)_j = √(2/D)·cos(w_jᵀx + c_j), w_j ~ N(0, bandwidth⁻²·I), c_j uniform
 * in [0, 2π). Then E[z(x)ᵀz(y)] = exp(−|x − y|²/(2·bandwidth²)) (Rahimi & Recht 2007), so a linear
 * model on them is one of that kernel.
 * @returns for the first inputs of x, whose part is worked out once: writes the features of x, given the others, into `features`, starting
 *   at 0
 * @throws RangeError if the bandwidth isn't a positive number
 */
export function createFourierFeatures(
  options: FourierOptions,
): (first: ArrayLike<number>) => (others: ArrayLike<number>, features: Float64Array) => void {
  const { inputs, features: count, bandwidth, random } = options;
  if (!(bandwidth > 0 && Number.isFinite(bandwidth)))
    throw new RangeError(`bandwidth is ${bandwidth}; it must be above 0`);
  const frequencies = Float64Array.from(
    { length: count * inputs },
    () => random.normal() / bandwidth,
  );
  const phases = Float64Array.from({ length: count }, () => 2 * Math.PI * random.uniform());
  const scale = Math.sqrt(2 / count);
  const advance = (angle: number, x: ArrayLike<number>, start: number) => {
    let sum = angle;
    for (let input = 0; input < x.length; input++) sum += frequencies[start + input]! * x[input]!;
    return sum;
  };
  return (first) => {
    const begun = phases.map((phase, feature) => advance(phase, first, feature * inputs));
    return (others, features) => {
      for (let feature = 0; feature < count; feature++)
        features[feature] =
          scale * Math.cos(advance(begun[feature]!, others, feature * inputs + first.length));
    };
  };
}
