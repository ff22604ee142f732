import type { DistilObjective } from "../domain/mpo-configuration.ts";
import { batchStates, scoreCandidates } from "../policy/batch-towers.ts";
import { heldShapes, type Network } from "../policy/network.ts";

import { add, multiply, subtract } from "../tensor/arithmetic.ts";
import { sum } from "../tensor/broadcasting.ts";
import { exp, negate } from "../tensor/elementwise.ts";
import {
  createGraph,
  type Graph,
  input,
  type Precision,
  parameter,
  type Value,
} from "../tensor/graph.ts";
import { gatherRows } from "../tensor/indexing.ts";
import { logSoftmax } from "../tensor/reduction.ts";
import { createTrainer, type Trainer } from "../tensor/trainer.ts";
import type { BatchShape } from "./batch.ts";

const weightDecay = 1e-4;

/**
 * Mean over the rows of the objective, exact over each row's candidates.
 * @param options.likelihood whether −log π_θ weighted by the input `liked` is added, of rewarded
 * choices
 */
export function distilLoss(
  graph: Graph<Precision>,
  network: Network,
  options: {
    readonly batch: BatchShape;
    readonly objective: DistilObjective;
    readonly likelihood?: boolean;
  },
): { readonly loss: Value; readonly parameters: readonly Value[] } {
  const { shape } = network;
  const { batch } = options;
  const { rows } = batch;
  const cells = [rows, batch.candidates];
  const values = Object.fromEntries(
    Object.entries(heldShapes(network))
      // Positions enter the reward model, not the policy.
      .filter(([name]) => name !== "positionBias")
      .map(([name, dimensions]) => [name, parameter(graph, name, dimensions)]),
  );
  const state = batchStates(graph, values, { ...batch, shape });
  const scores = scoreCandidates(graph, values, { ...batch, shape, head: 0, state });
  // Rows of one state differ in the candidates that the positions before have left.
  const byRow = gatherRows(scores, input(graph, "stateOf", [rows], "int32"));
  const logPolicy = logSoftmax(add(byRow, input(graph, "mask", cells)));
  const terms =
    options.objective === "cross-entropy"
      ? negate(multiply(input(graph, "target", cells), logPolicy))
      : multiply(exp(logPolicy), subtract(logPolicy, input(graph, "logTarget", cells)));
  const all = options.likelihood
    ? subtract(terms, multiply(input(graph, "liked", cells), logPolicy))
    : terms;
  const perRow = sum(all, { axes: [1] });
  const loss = sum(multiply(perRow, input(graph, "rowWeights", [rows])));
  return { loss, parameters: Object.values(values) };
}

export function createDistilTrainer(options: {
  readonly network: Network;
  readonly shape: BatchShape;
  readonly objective: DistilObjective;
  readonly likelihood?: boolean;
  readonly threads: number;
}): Promise<Trainer> {
  const { network, shape: batch, objective, likelihood = false, threads } = options;
  const graph = createGraph();
  const { loss, parameters } = distilLoss(graph, network, { batch, objective, likelihood });
  const { positionBias: _, ...initial } = network.parameters;
  return createTrainer({ graph, loss, parameters, initial, weightDecay, threads });
}
