import { apply, integers, type Value } from "./graph.ts";
import {
  assertShape,
  elementCount,
  resolveAxis,
  type Shape,
  sameShape,
  shapeError,
} from "./shape.ts";

/** The same elements in row-major order under another shape. */
export function reshape(value: Value, shape: Shape): Value {
  assertShape("reshape", shape);
  if (elementCount(shape) !== elementCount(value.shape))
    throw shapeError("reshape", "the same number of elements", value.shape, shape);
  if (sameShape(value.shape, shape)) return value;
  return apply(
    { operator: "Reshape", inputs: [value, integers(value.graph, shape)], shape },
    () => (gradient) => [reshape(gradient, value.shape)],
  );
}

/** @param permutation axis of `value` that becomes axis 0, 1, … */
export function transpose(value: Value, permutation: readonly number[]): Value {
  const axes = value.shape.map((_, axis) => axis);
  if (permutation.length !== axes.length || !axes.every((axis) => permutation.includes(axis)))
    throw shapeError("transpose", `a permutation of its axes, not ${permutation}`, value.shape);
  const shape = permutation.map((axis) => value.shape[axis]!);
  const inverse = axes.map((axis) => permutation.indexOf(axis));
  return apply(
    { operator: "Transpose", inputs: [value], shape, attributes: { perm: permutation } },
    () => (gradient) => [transpose(gradient, inverse)],
  );
}

/** Joins values that differ at most in the length of `axis`. */
export function concat(values: readonly Value[], axis: number): Value {
  const first = values[0];
  if (first && values.length === 1) return first;
  if (!first) throw new RangeError("concat: expected at least one value, got none");
  const at = resolveAxis("concat", axis, first.shape);
  const fits = (shape: Shape) =>
    shape.length === first.shape.length &&
    shape.every((length, i) => i === at || length === first.shape[i]);
  const shapes = values.map((value) => value.shape);
  if (!shapes.every(fits))
    throw shapeError("concat", `shapes that are equal outside axis ${at}`, ...shapes);
  const lengths = shapes.map((shape) => shape[at]!);
  const starts = lengths.map((_, i) =>
    lengths.slice(0, i).reduce((sum, length) => sum + length, 0),
  );
  const shape = first.shape.with(at, starts.at(-1)! + lengths.at(-1)!);
  return apply(
    { operator: "Concat", inputs: values, shape, attributes: { axis: at } },
    () => (gradient) =>
      starts.map((start, i) => slice(gradient, { axis: at, start, end: start + lengths[i]! })),
  );
}

/** Positions start … end − 1 of one axis. */
export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export function slice(value: Value, range: AxisRange): Value {
  const { graph, shape } = value;
  const { start, end } = range;
  const axis = resolveAxis("slice", range.axis, shape);
  const length = shape[axis]!;
  if (!(start >= 0 && start < end && end <= length))
    throw shapeError("slice", `0 ≤ start < end ≤ ${length}, not ${start} and ${end}`, shape);
  if (end - start === length) return value;
  const offsets = [[start], [end], [axis]].map((numbers) => integers(graph, numbers));
  return apply(
    { operator: "Slice", inputs: [value, ...offsets], shape: shape.with(axis, end - start) },
    () => (gradient) => [pad(gradient, { axis, start, end }, length)],
  );
}

/** Zeros around `value`, which becomes the given range of an axis of the given length: the gradient of `slice`. */
export function pad(value: Value, range: AxisRange, length: number): Value {
  const { axis, start, end } = range;
  const before = value.shape.map((_, i) => (i === axis ? start : 0));
  const after = value.shape.map((_, i) => (i === axis ? length - end : 0));
  const pads = integers(value.graph, [...before, ...after]);
  return apply(
    { operator: "Pad", inputs: [value, pads], shape: value.shape.with(axis, length) },
    () => (gradient) => [slice(gradient, range)],
  );
}
