/** Lengths of the axes, outermost first; [] is a scalar. Every length is known when the graph is built. */
export type Shape = readonly number[];

export const shapeText = (shape: Shape): string => `[${shape.join(", ")}]`;

export const elementCount = (shape: Shape): number =>
  shape.reduce((product, length) => product * length, 1);

export const sameShape = (left: Shape, right: Shape): boolean =>
  left.length === right.length && left.every((length, axis) => length === right[axis]);

export function assertShape(what: string, shape: Shape): void {
  if (!shape.every((length) => Number.isSafeInteger(length) && length > 0))
    throw new RangeError(`${what}: axes must have a positive length, got ${shapeText(shape)}`);
}

/** A RangeError that names the operation and the shapes it got. */
export function shapeError(operation: string, expected: string, ...shapes: Shape[]): RangeError {
  return new RangeError(
    `${operation}: expected ${expected}, got ${shapes.map(shapeText).join(" and ")}`,
  );
}

/** The axis counted from the front; −1 is the last one. */
export function resolveAxis(operation: string, axis: number, shape: Shape): number {
  const resolved = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= shape.length)
    throw shapeError(operation, `an axis in the shape, not ${axis}`, shape);
  return resolved;
}

/** NumPy's rule: aligned at the last axis, lengths are equal or one of them is 1. */
export function broadcastShape(operation: string, left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1)
      throw shapeError(operation, "shapes that broadcast", left, right);
    return Math.max(a, b);
  });
}
