/**
 * The graphs that Recurve trains: tensors, reverse-mode gradients and Adam on ONNX Runtime.
 *
 * @example
 * const graph = createGraph();
 * const w = parameter(graph, "w", [2, 1]);
 * const loss = mean(multiply(w, w));
 * const trainer = await createTrainer({ graph, loss, parameters: [w], initial: { w: Float32Array.of(1, 2) } });
 */

export { add, multiply, subtract } from "./arithmetic.ts";
export { negate, sigmoid, softplus } from "./elementwise.ts";
export { createGraph, type Graph, input, parameter, type Value } from "./graph.ts";
export { matmul } from "./linear-algebra.ts";
export { binaryCrossEntropy } from "./losses.ts";
export { mean } from "./reduction.ts";
export { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
