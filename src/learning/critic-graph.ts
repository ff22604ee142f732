import { batchStates, scoreCandidates, scoreShown } from "../policy/batch-towers.ts";
import { heldShapes, type Network } from "../policy/network.ts";
import { add, multiply, subtract } from "../tensor/arithmetic.ts";
import { sum } from "../tensor/broadcasting.ts";
import { negate, softplus } from "../tensor/elementwise.ts";
import {
  createGraph,
  type Graph,
  input,
  type Precision,
  parameter,
  type Value,
} from "../tensor/graph.ts";
import { slice } from "../tensor/layout.ts";
import { createTrainer, type Trainer } from "../tensor/trainer.ts";
import type { BatchShape } from "./batch.ts";

const weightDecay = 0.01;

/**
 * Bounds of a probability q = l + (u − l)·σ(x), as the shifts of its cross-entropy. Up to constants
 * −log q = softplus(−x) − softplus(lower − x) and −log(1 − q) = softplus(x) − softplus(x + upper).
 */
interface ProbabilityBounds {
  /** log(l/u) */
  readonly lower: Value;
  /** log((1 − u)/(1 − l)) */
  readonly upper: Value;
}

/**
 * Σ w⁺·softplus(−x) + w⁻·softplus(x): cross-entropy with weights, inputs of the logits' shape.
 * @param bounds of the fitted probability; absent for 0 and 1
 */
export function weightedCrossEntropy(
  logits: Value,
  name: string,
  bounds?: ProbabilityBounds,
): Value {
  const { graph, shape } = logits;
  const positive = input(graph, `${name}Positive`, shape);
  const negative = input(graph, `${name}Negative`, shape);
  const opposite = negate(logits);
  const [hit, miss] = [softplus(opposite), softplus(logits)];
  const lessHit = bounds ? subtract(hit, softplus(add(opposite, bounds.lower))) : hit;
  const lessMiss = bounds ? subtract(miss, softplus(add(logits, bounds.upper))) : miss;
  return sum(add(multiply(positive, lessHit), multiply(negative, lessMiss)));
}

/**
 * Mean over the rows of a batch of two cross-entropies:
 * - of b + θ_k·(σ(f) − b) under the reward heads at the shown item, b the default reward, up to a
 *   constant: `reward…` [heads − 1, rows], `lower` and `upper` [rows];
 * - of the discriminator, which is the last head, over each state's candidates: `choice…` [states,
 *   candidates], summed over the rows of the state.
 *
 * Reward heads have an `intercept` [heads − 1, 1] beside the network's parameters.
 */
export function criticLoss(
  graph: Graph<Precision>,
  network: Network,
  batch: BatchShape,
): { readonly loss: Value; readonly choices: Value; readonly parameters: readonly Value[] } {
  const { shape } = network;
  // Examination is estimated, not trained.
  const shapes = Object.entries(heldShapes(network)).filter(([name]) => name !== "positionBias");
  const values = Object.fromEntries(
    shapes.map(([name, dimensions]) => [name, parameter(graph, name, dimensions)]),
  );
  const { rows } = batch;
  const rewardHeads = shape.heads - 1;
  const state = batchStates(graph, values, { ...batch, shape });
  const intercept = parameter(graph, "intercept", [rewardHeads, 1]);
  const rewards = { axis: 0, start: 0, end: rewardHeads };
  const shown = slice(scoreShown(graph, values, { ...batch, shape, state }), rewards);
  const last = { axis: 0, start: rewardHeads, end: shape.heads };
  const choices = scoreCandidates(graph, values, {
    ...batch,
    shape,
    head: rewardHeads,
    state: slice(state, last),
  });
  const loss = add(
    weightedCrossEntropy(add(shown, intercept), "reward", {
      lower: input(graph, "lower", [rows]),
      upper: input(graph, "upper", [rows]),
    }),
    weightedCrossEntropy(choices, "choice"),
  );
  return {
    loss: multiply(loss, 1 / rows),
    choices,
    parameters: [...Object.values(values), intercept],
  };
}

/** Every step resolves `choices`, D of each state's candidates before the step. */
export function createCriticTrainer(
  network: Network,
  batch: BatchShape,
  options: { readonly intercept: Float32Array; readonly threads: number },
): Promise<Trainer> {
  const graph = createGraph();
  const { loss, choices, parameters } = criticLoss(graph, network, batch);
  const { positionBias: _, ...initial } = network.parameters;
  return createTrainer({
    graph,
    loss,
    parameters,
    initial: { ...initial, intercept: options.intercept },
    outputs: { choices },
    weightDecay,
    threads: options.threads,
  });
}
