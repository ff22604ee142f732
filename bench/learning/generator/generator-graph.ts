import type { ChallengerSetting } from "../../../src/domain/improvement-record.ts";
import type { BatchShape } from "../../../src/learning/batch.ts";
import { weightedCrossEntropy } from "../../../src/learning/critic-graph.ts";
import { batchStates, scoreCandidates } from "../../../src/policy/batch-towers.ts";
import { heldShapes, type Network } from "../../../src/policy/network.ts";
import { add, multiply } from "../../../src/tensor/arithmetic.ts";
import { sum } from "../../../src/tensor/broadcasting.ts";
import { exp, negate, tanh } from "../../../src/tensor/elementwise.ts";
import {
  createGraph,
  type Graph,
  input,
  type Precision,
  parameter,
  type Value,
} from "../../../src/tensor/graph.ts";
import { reshape, slice } from "../../../src/tensor/layout.ts";
import { matmul } from "../../../src/tensor/linear-algebra.ts";
import { logSoftmax } from "../../../src/tensor/reduction.ts";
import { createTrainer, type Trainer } from "../../../src/tensor/trainer.ts";

const generatorDecay = 1e-4;
/** As the critic's. */
const discriminatorDecay = 0.01;

/** ω as the network sees it, about within ±1. */
export const encodeSetting = (setting: ChallengerSetting): Float32Array =>
  Float32Array.of(
    Math.log(setting.klRadius) / 2,
    setting.pessimism / 2,
    setting.discriminator,
    setting.proximity,
    ...setting.memory,
  );

/** Numbers of an encoded ω: four knobs and the memory weights. */
const settingWidth = 7;
/** Hidden units between ω and its modulation. */
export const modulationWidth = 16;

/**
 * Modulation of the state tower by ω: from [1, settingWidth] by tanh to γ, β (each as wide as the embedding) and a log scale.
 */
export const modulationShapes = (width: number): Readonly<Record<string, readonly number[]>> => ({
  modulationIn: [settingWidth, modulationWidth],
  modulationBias: [1, modulationWidth],
  modulationOut: [modulationWidth, 2 * width + 1],
});

/** Parameters of a one-headed network without its position bias, which nothing here reads. */
const trainedShapes = (network: Network): [string, readonly number[]][] =>
  Object.entries(heldShapes(network)).filter(([name]) => name !== "positionBias");

/**
 * Cross-entropy of the generator to the target, mean over the rows of a batch. Its policy is
 * π_ref^ρ · exp(f(s, a, ω)), f = e^c·(((1 + γ)∘h + β)·e + b): with a modulation of 0 a plain two-tower network.
 * Inputs beside the batch: `omega` [1, settingWidth], `reference` = ρ·log π_ref with a mask of padding, `target` (both by state and
 * candidate) and `rowWeights` by state: each row has a state of its own.
 */
export function generatorLoss(
  graph: Graph<Precision>,
  network: Network,
  batch: BatchShape,
): { readonly loss: Value; readonly logPolicy: Value; readonly parameters: readonly Value[] } {
  const { shape } = network;
  const { width } = shape;
  const cells = [batch.states, batch.candidates];
  const shapes = [...trainedShapes(network), ...Object.entries(modulationShapes(width))];
  const values = Object.fromEntries(
    shapes.map(([name, dimensions]) => [name, parameter(graph, name, dimensions)]),
  );
  const encoded = batchStates(graph, values, { ...batch, shape });
  const omega = input(graph, "omega", [1, settingWidth]);
  const hidden = tanh(add(matmul(omega, values.modulationIn!), values.modulationBias!));
  const modulation = matmul(hidden, values.modulationOut!);
  const part = (start: number, end: number) => slice(modulation, { axis: 1, start, end });
  const along = (value: Value) => reshape(value, [1, 1, width]);
  const scale = add(along(part(0, width)), 1);
  // Feature-wise modulation (Perez et al. 2018, arXiv:1709.07871).
  const state = add(multiply(encoded, scale), along(part(width, 2 * width)));
  const scores = multiply(
    scoreCandidates(graph, values, { ...batch, shape, head: 0, state }),
    exp(part(2 * width, 2 * width + 1)),
  );
  const logPolicy = logSoftmax(add(scores, input(graph, "reference", cells)));
  const perRow = sum(negate(multiply(input(graph, "target", cells), logPolicy)), { axes: [1] });
  const loss = sum(multiply(perRow, input(graph, "rowWeights", [batch.states])));
  return { loss, logPolicy, parameters: Object.values(values) };
}

/** The generator's critic: satisfied choices against the generator's, `choicePositive` and `choiceNegative` by state and candidate. */
function discriminatorLoss(
  graph: Graph<Precision>,
  network: Network,
  batch: BatchShape,
): { readonly loss: Value; readonly logits: Value; readonly parameters: readonly Value[] } {
  const { shape } = network;
  const values = Object.fromEntries(
    trainedShapes(network).map(([name, dimensions]) => [name, parameter(graph, name, dimensions)]),
  );
  const state = batchStates(graph, values, { ...batch, shape });
  const logits = scoreCandidates(graph, values, { ...batch, shape, head: 0, state });
  const loss = multiply(weightedCrossEntropy(logits, "choice"), 1 / batch.rows);
  return { loss, logits, parameters: Object.values(values) };
}

/** Every step resolves `logPolicy` of before, by state and candidate. @param modulation arrays of `modulationShapes` */
export function createGeneratorTrainer(
  network: Network,
  modulation: Readonly<Record<string, Float32Array>>,
  options: { readonly batch: BatchShape; readonly threads: number },
): Promise<Trainer> {
  const graph = createGraph();
  const { loss, logPolicy, parameters } = generatorLoss(graph, network, options.batch);
  const { positionBias: _, ...initial } = network.parameters;
  return createTrainer({
    graph,
    loss,
    parameters,
    initial: { ...initial, ...modulation },
    outputs: { logPolicy },
    weightDecay: generatorDecay,
    threads: options.threads,
  });
}

/** Every step resolves `logits` of before, by state and candidate. */
export function createDiscriminatorTrainer(
  network: Network,
  options: { readonly batch: BatchShape; readonly threads: number },
): Promise<Trainer> {
  const graph = createGraph();
  const { loss, logits, parameters } = discriminatorLoss(graph, network, options.batch);
  const { positionBias: _, ...initial } = network.parameters;
  return createTrainer({
    graph,
    loss,
    parameters,
    initial,
    outputs: { logits },
    weightDecay: discriminatorDecay,
    threads: options.threads,
  });
}
