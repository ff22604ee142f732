import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { sumTo } from "./broadcasting.ts";
import { sqrt } from "./elementwise.ts";
import { apply, type Value } from "./graph.ts";
import { mean } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Added to the variance; what ONNX's LayerNormalization takes where it is told nothing. */
const epsilon = 1e-5;

/**
 * γ · (x − mean x)/√(var x + ε) + β over the last axis (Ba et al. 2016, arXiv:1607.06450).
 *
 * @param scale γ, [width]
 * @param shift β, [width]
 */
export function layerNorm(value: Value, scale: Value, shift: Value): Value {
  const width = [value.shape.at(-1) ?? 0];
  if (!sameShape(scale.shape, width) || !sameShape(shift.shape, width))
    throw shapeError(
      "layerNorm",
      "[..., width], [width] and [width]",
      value.shape,
      scale.shape,
      shift.shape,
    );
  return apply(
    {
      operator: "LayerNormalization",
      inputs: [value, scale, shift],
      shape: value.shape,
      attributes: { axis: value.shape.length - 1 },
    },
    () => (gradient) => {
      const { normal, deviation } = normalise(value);
      const scaled = multiply(gradient, scale);
      const along = multiply(normal, lastMean(multiply(scaled, normal)));
      return [
        divide(subtract(subtract(scaled, lastMean(scaled)), along), deviation),
        sumTo(multiply(gradient, normal), scale.shape),
        sumTo(gradient, shift.shape),
      ];
    },
  );
}

const lastMean = (value: Value) => mean(value, { axes: [-1], keepDims: true });

/** Computed again on the way back: cheaper than a forward pass that keeps it, and differentiable. */
function normalise(value: Value): { readonly normal: Value; readonly deviation: Value } {
  const centred = subtract(value, lastMean(value));
  const deviation = sqrt(add(lastMean(multiply(centred, centred)), epsilon));
  return { normal: divide(centred, deviation), deviation };
}
