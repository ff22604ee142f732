import { add, multiply } from "./arithmetic.ts";
import { sigmoid, tanh } from "./elementwise.ts";
import type { Value } from "./graph.ts";
import { slice } from "./layout.ts";
import { shapeError } from "./shape.ts";

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))): Hendrycks & Gimpel 2016 (arXiv:1606.08415), within 5e-4 of x·Φ(x). */
export function gelu(value: Value): Value {
  const squared = multiply(value, value);
  const inner = multiply(value, add(multiply(squared, 0.044715 * tanhScale), tanhScale));
  return multiply(multiply(value, 0.5), add(tanh(inner), 1));
}

const tanhScale = Math.sqrt(2 / Math.PI);

/** x·σ(x): Elfwing et al. 2018 (arXiv:1702.03118). */
export const silu = (value: Value): Value => multiply(value, sigmoid(value));

/** silu(a) · b of the halves a, b of the last axis: Shazeer 2020 (arXiv:2002.05202). [..., 2n] → [..., n] */
export function swiglu(value: Value): Value {
  const width = value.shape.at(-1) ?? 1;
  if (width % 2 !== 0) throw shapeError("swiglu", "an even last axis", value.shape);
  const half = width / 2;
  const gate = slice(value, { axis: -1, start: 0, end: half });
  return multiply(silu(gate), slice(value, { axis: -1, start: half, end: width }));
}
