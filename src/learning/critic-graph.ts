import { type Network, parameterShapes } from "../policy/network.ts";
import { scoreTower } from "../policy/towers.ts";
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
import { matmul } from "../tensor/linear-algebra.ts";
import { createTrainer, type Trainer } from "../tensor/trainer.ts";
import type { BatchShape } from "./batch.ts";

const weightDecay = 0.01;

/**
 * Sum over heads, rows and items of w⁺·softplus(−x) + w⁻·softplus(x), over the rows of a batch: cross-entropy wherever the
 * weights put it.
 */
export function criticLoss(
  graph: Graph<Precision>,
  network: Network,
  batch: BatchShape,
): { readonly loss: Value; readonly parameters: readonly Value[] } {
  const { shape } = network;
  const shapes = Object.entries(parameterShapes(shape, network.itemIds.length));
  const values = Object.fromEntries(
    shapes.map(([name, dimensions]) => [name, parameter(graph, name, dimensions)]),
  );
  const scores = scoreTower(graph, values, { shape, states: batch.rows, items: batch.items });
  const position = input(graph, "position", [batch.rows, shape.positions]);
  const logits = add(scores, matmul(position, values.positionBias!));
  const positive = input(graph, "positive", logits.shape);
  const negative = input(graph, "negative", logits.shape);
  const terms = add(
    multiply(positive, softplus(negate(logits))),
    multiply(negative, softplus(logits)),
  );
  return { loss: multiply(sum(terms), 1 / batch.rows), parameters: Object.values(values) };
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
