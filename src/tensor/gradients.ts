import { add } from "./arithmetic.ts";
import { constant, type TapeEntry, type Value } from "./graph.ts";
import { shapeError } from "./shape.ts";

/**
 * ∂loss/∂w of each value in `wrt`, in its shape, appended to the graph (reverse mode: one walk back
 * over the tape).
 *
 * @param loss a scalar, shape []
 * @throws RangeError if a value does not reach the loss
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.length > 0) throw shapeError("gradients", "a scalar loss", loss.shape);
  // Pullbacks append to the tape while it is walked.
  const tape = dependingOn(wrt, loss.graph.tape);
  const found = new Map<Value, Value>([[loss, constant(loss.graph, [1])]]);
  for (const { inputs, output, pullback } of tape.reverse()) {
    const gradient = found.get(output);
    if (!gradient) continue;
    for (const [index, part] of pullback(gradient).entries()) {
      if (part) accumulate(found, inputs[index]!, part);
    }
  }
  return wrt.map((value) => {
    const gradient = found.get(value);
    if (!gradient) throw new RangeError(`gradients: ${value.name} does not reach the loss`);
    return gradient;
  });
}

function accumulate(found: Map<Value, Value>, value: Value, part: Value): void {
  const before = found.get(value);
  found.set(value, before ? add(before, part) : part);
}

/** The entries whose output changes with one of the values: gradients of data and constants are not built. */
function dependingOn(values: readonly Value[], tape: readonly TapeEntry[]): TapeEntry[] {
  const dependent = new Set(values);
  return tape.filter(({ inputs, output }) => {
    if (!inputs.some((value) => dependent.has(value))) return false;
    dependent.add(output);
    return true;
  });
}
