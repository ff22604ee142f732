import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { clipGlobalNorm } from "./clip.ts";
import { sqrt } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { input, type Value } from "./graph.ts";

/** β₁ and ε as Kingma & Ba 2015 (arXiv:1412.6980) recommend. */
export const meanDecay = 0.9;
export const epsilon = 1e-8;

/** How an Adam step is made; everything has a default. */
export interface AdamSettings {
  /** β₂, default 0.999. */
  readonly varianceDecay?: number;
  /** λ of AdamW for every parameter, default 0. */
  readonly weightDecay?: number;
  /**
   * Longest gradient over all parameters, √Σ‖g‖²; longer ones are scaled to it. Default: no bound.
   */
  readonly clipNorm?: number;
  /**
   * d of the running average d·θ̄ + (1 − d)·θ of the parameters (Polyak & Juditsky 1992), kept only
   * if it is given.
   */
  readonly averageDecay?: number;
}

/** One array that a step replaces: an input before the step, another value after it. */
export interface AdamCell {
  /** θ, m, v or θ̄. */
  readonly kind: "parameters" | "means" | "variances" | "averages";
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
  /** d */
  readonly averageDecay: T;
}

/** Feeds of one step. */
export type AdamNumbers = Scalars<number>;

/**
 * @param step t, from 1
 * @returns d grows with the steps, (1 + t)/(10 + t), so that the start is soon forgotten
 */
export function adamScalars(
  settings: AdamSettings,
  learningRate: number,
  step: number,
): AdamNumbers {
  const { varianceDecay = defaultVarianceDecay, averageDecay = 0 } = settings;
  return {
    learningRate,
    meanCorrection: 1 / (1 - meanDecay ** step),
    varianceCorrection: 1 / (1 - varianceDecay ** step),
    averageDecay: Math.min(averageDecay, (1 + step) / (10 + step)),
  };
}

export const defaultVarianceDecay = 0.999;

export interface AdamGraph {
  readonly cells: readonly AdamCell[];
  /** Gradients of `fed`, in its order. */
  readonly fedGradients: readonly Value[];
  readonly scalars: Scalars<Value>;
}

/**
 * One Adam step appended to the graph: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ),
 * v̂ = v/(1 − β₂ᵗ), θ ← θ − α(m̂/(√v̂ + ε) + λθ). The weight decay λ is apart from the gradient
 * (Loshchilov & Hutter 2019, arXiv:1711.05101).
 */
export function buildAdam(options: {
  readonly loss: Value;
  readonly parameters: readonly Value[];
  /** Inputs that are stepped outside the graph; their gradients are clipped with those of the parameters. */
  readonly fed?: readonly Value[];
  readonly settings: AdamSettings;
}): AdamGraph {
  const { loss, parameters, fed = [], settings } = options;
  const { graph } = loss;
  // A graph can be trained more than once: each step gets inputs of its own.
  const prefix = `adam/${graph.nodes.length}`;
  const scalar = (name: string) => input(graph, `${prefix}/${name}`, []);
  const scalars = {
    learningRate: scalar("learningRate"),
    meanCorrection: scalar("meanCorrection"),
    varianceCorrection: scalar("varianceCorrection"),
    averageDecay: scalar("averageDecay"),
  };
  const slopes = clipGlobalNorm(gradients(loss, [...parameters, ...fed]), settings.clipNorm);
  const cells = parameters.flatMap((parameter, index) =>
    updateCells({ parameter, gradient: slopes[index]!, prefix, settings, scalars }),
  );
  return { cells, scalars, fedGradients: slopes.slice(parameters.length) };
}

function updateCells(options: {
  readonly scalars: Scalars<Value>;
  readonly settings: AdamSettings;
  readonly parameter: Value;
  readonly gradient: Value;
  readonly prefix: string;
}): AdamCell[] {
  const { parameter, gradient, prefix, scalars } = options;
  const { varianceDecay = defaultVarianceDecay, weightDecay = 0, averageDecay } = options.settings;
  const { name, shape, graph } = parameter;
  if (graph.inputs.get(name) !== parameter)
    throw new TypeError(`only an input can be trained, not the result of an operation ${name}`);
  const cell = (kind: AdamCell["kind"], change: (before: Value) => Value): AdamCell => {
    const before = input(graph, `${prefix}/${kind}/${name}`, shape);
    return { kind, name, before, after: change(before) };
  };
  const mean = cell("means", (before) => average(before, gradient, meanDecay));
  const squared = multiply(gradient, gradient);
  const variance = cell("variances", (before) => average(before, squared, varianceDecay));
  const deviation = sqrt(multiply(variance.after, scalars.varianceCorrection));
  const step = divide(multiply(mean.after, scalars.meanCorrection), add(deviation, epsilon));
  const direction = weightDecay === 0 ? step : add(step, multiply(parameter, weightDecay));
  const after = subtract(parameter, multiply(direction, scalars.learningRate));
  const cells = [{ kind: "parameters" as const, name, before: parameter, after }, mean, variance];
  if (averageDecay === undefined) return cells;
  const towards = (before: Value) =>
    add(after, multiply(subtract(before, after), scalars.averageDecay));
  return [...cells, cell("averages", towards)];
}

/** βx + (1 − β)y */
const average = (before: Value, value: Value, decay: number) =>
  add(multiply(before, decay), multiply(value, 1 - decay));
