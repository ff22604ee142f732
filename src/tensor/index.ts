/**
 * The graphs that Recurve trains: tensors, reverse-mode gradients and Adam on ONNX Runtime.
 * `createTrainer` has an example.
 */

export { add, multiply, subtract } from "./arithmetic.ts";
export { negate, sigmoid, softplus } from "./elementwise.ts";
export { createGraph, type Graph, input, parameter, type Value } from "./graph.ts";
export { matmul } from "./linear-algebra.ts";
export { binaryCrossEntropy } from "./losses.ts";
export { mean } from "./reduction.ts";
export { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
