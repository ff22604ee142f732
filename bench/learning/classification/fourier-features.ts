import type { RandomStream } from "../../../src/numeric/random.ts";

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
 * @returns writes the features of x into `features`, starting at 0
 * @throws RangeError if the bandwidth isn't a positive number
 */
export function createFourierFeatures(
  options: FourierOptions,
): (x: ArrayLike<number>, features: Float64Array) => void {
  const { inputs, features: count, bandwidth, random } = options;
  if (!(bandwidth > 0 && Number.isFinite(bandwidth)))
    throw new RangeError(`bandwidth is ${bandwidth}; it must be above 0`);
  const frequencies = Float64Array.from(
    { length: count * inputs },
    () => random.normal() / bandwidth,
  );
  const phases = Float64Array.from({ length: count }, () => 2 * Math.PI * random.uniform());
  const scale = Math.sqrt(2 / count);
  return (x, features) => {
    for (let feature = 0; feature < count; feature++) {
      let angle = phases[feature]!;
      const start = feature * inputs;
      for (let input = 0; input < inputs; input++) angle += frequencies[start + input]! * x[input]!;
      features[feature] = scale * Math.cos(angle);
    }
  };
}
