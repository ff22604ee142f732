import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { sqrt } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { input, type Value } from "./graph.ts";

/** β₁, β₂ and ε as Kingma & Ba 2015 (arXiv:1412.6980) recommend. */
const meanDecay = 0.9;
const varianceDecay = 0.999;
const epsilon = 1e-8;

/** One array that a step replaces: an input before the step, another value after it. */
export interface AdamCell {
  /** θ, m or v. */
  readonly kind: "parameters" | "means" | "variances";
  /** Of the parameter. */
  readonly name: string;
  readonly before: Value;
  readonly after: Value;
}

/** Scalars that a step is fed. */
interface Scalars<T> {
  /** α */
  readonly learningRate: T;
  /** 1 / (1 − β₁ᵗ) */
  readonly meanCorrection: T;
  /** 1 / (1 − β₂ᵗ) */
  readonly varianceCorrection: T;
}

/** @param step t, from 1 */
export const adamScalars = (learningRate: number, step: number): Scalars<number> => ({
  learningRate,
  meanCorrection: 1 / (1 - meanDecay ** step),
  varianceCorrection: 1 / (1 - varianceDecay ** step),
});

export interface AdamGraph {
  readonly cells: readonly AdamCell[];
  readonly scalars: Scalars<Value>;
}

/**
 * One Adam step appended to the graph: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ),
 * θ ← θ − α(m̂/(√v̂ + ε) + λθ), the weight decay λ apart from the gradient (Loshchilov & Hutter 2019, arXiv:1711.05101).
 */
export function buildAdam(options: {
  readonly loss: Value;
  readonly parameters: readonly Value[];
  readonly weightDecay: number;
}): AdamGraph {
  const { loss, parameters, weightDecay } = options;
  const { graph } = loss;
  // A graph can be trained more than once: each step gets inputs of its own.
  const prefix = `adam/${graph.nodes.length}`;
  const scalar = (name: string) => input(graph, `${prefix}/${name}`, []);
  const scalars = {
    learningRate: scalar("learningRate"),
    meanCorrection: scalar("meanCorrection"),
    varianceCorrection: scalar("varianceCorrection"),
  };
  const slopes = gradients(loss, parameters);
  const cells = parameters.flatMap((parameter, index) =>
    updateCells({ parameter, gradient: slopes[index]!, prefix, weightDecay, ...scalars }),
  );
  return { cells, scalars };
}

function updateCells(
  options: Scalars<Value> & {
    readonly parameter: Value;
    readonly gradient: Value;
    readonly prefix: string;
    readonly weightDecay: number;
  },
): AdamCell[] {
  const { parameter, gradient, prefix, weightDecay, learningRate } = options;
  const { name, shape, graph } = parameter;
  if (graph.inputs.get(name) !== parameter)
    throw new TypeError(`only an input can be trained, not the result of an operation ${name}`);
  const oldMean = input(graph, `${prefix}/means/${name}`, shape);
  const oldVariance = input(graph, `${prefix}/variances/${name}`, shape);
  const mean = average(oldMean, gradient, meanDecay);
  const variance = average(oldVariance, multiply(gradient, gradient), varianceDecay);
  const deviation = sqrt(multiply(variance, options.varianceCorrection));
  const step = divide(multiply(mean, options.meanCorrection), add(deviation, epsilon));
  const direction = weightDecay === 0 ? step : add(step, multiply(parameter, weightDecay));
  const after = subtract(parameter, multiply(direction, learningRate));
  return [
    { kind: "parameters", name, before: parameter, after },
    { kind: "means", name, before: oldMean, after: mean },
    { kind: "variances", name, before: oldVariance, after: variance },
  ];
}

/** βx + (1 − β)y */
const average = (before: Value, value: Value, decay: number) =>
  add(multiply(before, decay), multiply(value, 1 - decay));
