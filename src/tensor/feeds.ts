import type { Tensor } from "onnxruntime-common";
import { fillDropoutMask, type MaskSeed } from "./dropout.ts";
import { type Feed, type Feeds, isMaskSeed } from "./feed.ts";
import type { InputType, Value } from "./graph.ts";
import { getRuntime } from "./runtime.ts";
import { elementCount, shapeText } from "./shape.ts";

const feedTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
};

/** A tensor over the feed's memory, without a copy. */
export function toTensor(input: Value, feed: Feed | undefined): Tensor {
  const { name, shape } = input;
  const type = input.type as InputType;
  const count = elementCount(shape);
  if (feed === undefined)
    throw new RangeError(`input ${name} ${shapeText(shape)} takes ${count} values, got none`);
  if (!(feed instanceof feedTypes[type]))
    throw new TypeError(
      `input ${name} takes ${feedTypes[type].name}, got ${feed.constructor.name}`,
    );
  if (feed.length !== count)
    throw new RangeError(
      `input ${name} ${shapeText(shape)} takes ${count} values, got ${feed.length}`,
    );
  return new (getRuntime().Tensor)(type, feed, shape);
}

/**
 * Makes a tensor for each input by its name; feeds that none of them asks for are left aside. Masks are drawn into arrays that
 * it keeps, so a run has to end before the next one's tensors are made.
 */
export function createTensorMaker(
  inputs: readonly Value[],
): (feeds: Feeds) => Record<string, Tensor> {
  const drawn = new Map<string, Float32Array>();
  const draw = ({ name, shape }: Value, mask: MaskSeed) => {
    const array = drawn.get(name) ?? new Float32Array(elementCount(shape));
    drawn.set(name, array);
    fillDropoutMask(array, mask);
    return array;
  };
  return (feeds) =>
    Object.fromEntries(
      inputs.map((input) => {
        const feed = feeds[input.name];
        return [input.name, toTensor(input, isMaskSeed(feed) ? draw(input, feed) : feed)];
      }),
    );
}
