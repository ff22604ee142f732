import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { add, multiply } from "../../tensor/arithmetic.ts";
import { sum } from "../../tensor/broadcasting.ts";
import { stopGradient } from "../../tensor/elementwise.ts";
import { gradients } from "../../tensor/gradients.ts";
import { replaceGradient, type Value } from "../../tensor/graph.ts";
import { concat, reshape, slice } from "../../tensor/layout.ts";
import { elementCount } from "../../tensor/shape.ts";

/**
 * Cells that go through the graph together: with more, caches hold too little of one operation's
 * results for the next.
 */
const groupCells = 2 ** 13;

/** Rows that go through the graph together; the last group may have fewer. */
export const groupRows = ({
  network,
  rows,
}: {
  readonly network: TransformerShape;
  readonly rows: number;
}): number => Math.ceil(rows / Math.ceil((rows * network.length) / groupCells));

/**
 * The sum of groups' losses and its gradients. Each group's gradients are made with its loss, and
 * the next one's argument of `enter` waits for them: else a runtime may go forward through all
 * groups before it goes back through any.
 */
export function addGroups(
  parameters: readonly Value[],
  count: number,
  lossOf: (group: number, enter: (value: Value) => Value) => Value,
): Value {
  let loss = lossOf(0, (value) => value);
  if (count === 1) return loss;
  let slopes = gradients(loss, parameters);
  for (let group = 1; group < count; group++) {
    const before = slopes;
    const own = lossOf(group, (value) => after(value, before));
    slopes = gradients(own, parameters).map((slope, index) => add(before[index]!, slope));
    loss = add(loss, own);
  }
  return replaceGradient(loss, parameters, (gradient) =>
    slopes.map((slope) => multiply(slope, gradient)),
  );
}

/** The value, to be had only once all of the others are. */
function after(value: Value, others: readonly Value[]): Value {
  const corners = others.map((other) =>
    slice(reshape(other, [elementCount(other.shape)]), { axis: 0, start: 0, end: 1 }),
  );
  return add(value, stopGradient(multiply(sum(concat(corners, 0)), 0)));
}
