import { toTensor } from "./feeds.ts";
import type { Value } from "./graph.ts";
import { concat, reshape } from "./layout.ts";
import { elementCount } from "./shape.ts";
import type { Arrays, TrainerState } from "./trainer-state.ts";

/** Parameters one after another in one array: an operation on it takes the place of one on each of them. */
export interface FlatParameters {
  readonly name: string;
  readonly length: number;
  /** Values in the parameters' shapes and order. */
  join(values: readonly Value[]): Value;
  /**
   * @throws RangeError if a parameter has no array, or an array of another size; not if there are
   * no arrays at all
   */
  pack(arrays: Arrays): Arrays;
  /** Views of the one array by parameter. */
  unpack(flat: Arrays): Record<string, Float32Array>;
}

export function flattenParameters(parameters: readonly Value[]): FlatParameters {
  const name = "parameters";
  const sizes = parameters.map(({ shape }) => elementCount(shape));
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((a, b) => a + b, 0));
  const length = sizes.reduce((a, b) => a + b, 0);
  return {
    name,
    length,
    join: (values) =>
      concat(
        values.map((value, index) => reshape(value, [sizes[index]!])),
        0,
      ),
    pack(arrays) {
      if (Object.keys(arrays).length === 0) return {};
      const flat = new Float32Array(length);
      for (const [index, parameter] of parameters.entries()) {
        const { data } = toTensor(parameter, arrays[parameter.name]);
        flat.set(data as Float32Array, starts[index]);
      }
      return { [name]: flat };
    },
    unpack: ({ [name]: flat }) =>
      Object.fromEntries(
        flat === undefined
          ? []
          : parameters.map((parameter, index) => {
              const start = starts[index]!;
              return [parameter.name, flat.subarray(start, start + sizes[index]!)];
            }),
      ),
  };
}

/** The same state with its arrays in another form. */
export const mapState = (
  { steps, ...state }: TrainerState,
  change: (arrays: Arrays) => Arrays,
): TrainerState => ({
  steps,
  parameters: change(state.parameters),
  means: change(state.means),
  variances: change(state.variances),
  averages: change(state.averages),
});
