import { add, multiply, subtract } from "./arithmetic.ts";
import { cast } from "./elementwise.ts";
import { applyAll, constant, replaceGradient, type Value } from "./graph.ts";
import { mean } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/**
 * γ · (x − mean x)/√(var x + ε) + β over the last axis (Ba et al. 2016, arXiv:1607.06450). It can be differentiated once.
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
  return add(multiply(normalise(value), scale), shift);
}

/**
 * (x − mean x)/√(var x + ε) over the last axis, with the 1e-5 that ONNX's LayerNormalization has
 * for ε: `layerNorm` for the input of a product that folds in scale and shift. It can be
 * differentiated once.
 */
export function normalise(value: Value): Value {
  const { graph, shape, type } = value;
  const width = shape.at(-1) ?? 0;
  const statistic = { shape: shape.with(-1, 1), type: "float32" } as const;
  const inputs = [value, constant(graph, new Float32Array(width).fill(1), [width])];
  const [normal, , inverse] = applyAll(
    { operator: "LayerNormalization", inputs, attributes: { axis: shape.length - 1 } },
    [{ shape, type }, statistic, statistic],
  );
  return replaceGradient(normal!, [value], (gradient) => {
    const along = multiply(normal!, lastMean(multiply(gradient, normal!)));
    const across = subtract(gradient, lastMean(gradient));
    return [multiply(subtract(across, along), cast(inverse!, type))];
  });
}

const lastMean = (value: Value) => mean(value, { axes: [-1], keepDims: true });
