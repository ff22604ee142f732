import { heldShapes, type Network } from "../policy/network.ts";
import { batchTowers, scoreAll, scoreChosen, type Towers } from "../policy/towers.ts";
import { add, multiply } from "../tensor/arithmetic.ts";
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
import { reshape, slice } from "../tensor/layout.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import { createTrainer, type Trainer } from "../tensor/trainer.ts";
import type { BatchShape } from "./batch.ts";

const weightDecay = 0.01;

/** Σ w⁺·softplus(−x) + w⁻·softplus(x): cross-entropy wherever the weights, inputs of the logits' shape, put it. */
function crossEntropy(logits: Value, name: string): Value {
  const { graph, shape } = logits;
  const positive = input(graph, `${name}Positive`, shape);
  const negative = input(graph, `${name}Negative`, shape);
  return sum(
    add(multiply(positive, softplus(negate(logits))), multiply(negative, softplus(logits))),
  );
}

/** Heads start … end − 1 of all that is by head. */
function headsOf(towers: Towers, start: number, end: number): Towers {
  const cut = (value: Value) => slice(value, { axis: 0, start, end });
  return { state: cut(towers.state), embedding: cut(towers.embedding), bias: cut(towers.bias) };
}

/**
 * Mean over the rows of a batch of two cross-entropies: of the reward heads at the item that was shown (`reward…` [heads − 1,
 * B], `shown` one-hot [B, U]), and of the discriminator, which is the last head, over all items (`choice…` [1, B, U]).
 */
export function criticLoss(
  graph: Graph<Precision>,
  network: Network,
  batch: BatchShape,
): { readonly loss: Value; readonly parameters: readonly Value[] } {
  const { shape } = network;
  const shapes = Object.entries(heldShapes(network));
  const values = Object.fromEntries(
    shapes.map(([name, dimensions]) => [name, parameter(graph, name, dimensions)]),
  );
  const { rows, items, slots } = batch;
  const rewardHeads = shape.heads - 1;
  const towers = batchTowers(graph, values, { shape, states: rows, items, slots });
  const position = input(graph, "position", [rows, shape.positions]);
  const offset = matmul(position, values.positionBias!);
  const cut = (start: number, end: number) => slice(offset, { axis: 0, start, end });
  const shown = scoreChosen(headsOf(towers, 0, rewardHeads), input(graph, "shown", [rows, items]));
  const rewards = add(shown, reshape(cut(0, rewardHeads), shown.shape));
  const choices = scoreAll(headsOf(towers, rewardHeads, shape.heads));
  const loss = add(
    crossEntropy(rewards, "reward"),
    crossEntropy(add(choices, cut(rewardHeads, shape.heads)), "choice"),
  );
  return { loss: multiply(loss, 1 / rows), parameters: Object.values(values) };
}

export function createCriticTrainer(
  network: Network,
  batch: BatchShape,
  threads: number,
): Promise<Trainer> {
  const graph = createGraph();
  const { loss, parameters } = criticLoss(graph, network, batch);
  return createTrainer({
    graph,
    loss,
    parameters,
    initial: { ...network.parameters },
    weightDecay,
    threads,
  });
}
