import { type RandomStream, shuffle } from "../numeric/random.ts";
import { growNetwork, type Network, withText } from "../policy/network.ts";
import type { ItemView, PolicyState } from "../policy/policy.ts";
import { batchRows, buildBatch, chooseBatchShape, distinctViews } from "./batch.ts";
import { cutTables } from "./cut-tables.ts";
import { createDistilTrainer } from "./distil-graph.ts";
import { type EpochLosses, trainEpochs, withTrainers } from "./train-epochs.ts";
import { shuffledBatches } from "./train-rows.ts";

/** A user's history up to a moment and the item of their next event. */
export interface NextItem {
  readonly state: PolicyState;
  readonly next: ItemView;
}

export interface Pretraining extends EpochLosses {
  readonly network: Network;
}

const learningRate = 0.005;
const epochs = 4;
const maskedLogit = -1e9;

function buildTargets(columns: readonly Int32Array[], used: number, items: number) {
  const target = new Float32Array(batchRows * items);
  const mask = new Float32Array(batchRows * items);
  const rowWeights = new Float32Array(batchRows);
  for (let row = 0; row < batchRows; row++) {
    mask.fill(maskedLogit, row * items + used, (row + 1) * items);
    const column = columns[row]?.[0];
    if (column === undefined) continue;
    target[row * items + column] = 1;
    rowWeights[row] = 1 / columns.length;
  }
  return { target, mask, rowWeights };
}

/**
 * Next-item cross-entropy over the catalogue: a policy for a loop that has behaviour data but no feedback yet. Catalogues
 * above 2,048 items are sampled, with the same items for all rows of a batch.
 */
export async function pretrain(options: {
  readonly network: Network;
  readonly rows: readonly NextItem[];
  readonly catalogue: readonly ItemView[];
  readonly random: RandomStream;
  readonly threads: number;
  readonly onEpoch?: (epoch: number, epochs: number, loss: number) => void;
}): Promise<Pretraining> {
  const { rows, catalogue, random, threads } = options;
  const ids = catalogue.map((view) => view.itemId);
  const reading = withText(options.network, catalogue, random.split("text"));
  const network = growNetwork(reading, ids, random.split("grow"));
  const trainRows = rows.map(({ state, next }) => ({ state, candidates: [next], action: 0 }));
  const views = distinctViews(trainRows);
  for (const view of catalogue) views.add(view);
  const cut = cutTables(network, { views, states: rows.map(({ state }) => state) });
  const { tables } = cut;
  const shape = chooseBatchShape(catalogue.length, cut.slots);
  const trainer = await createDistilTrainer({
    network: cut.network,
    shape,
    objective: "cross-entropy",
    threads,
  });
  const order = random.split("order");
  const sampled = [...catalogue];
  const step = async (indices: readonly number[]) => {
    const chosen = indices.map((index) => trainRows[index]!);
    const fill = catalogue.length > shape.items ? shuffle(sampled, order) : catalogue;
    const { feeds, columns, items } = buildBatch({ rows: chosen, shape, tables, fill });
    const targets = buildTargets(columns, items.size, shape.items);
    return (await trainer.step({ ...feeds, ...targets }, learningRate)).loss;
  };
  return withTrainers([trainer], async () => {
    const losses = await trainEpochs({
      epochs,
      batches: () => shuffledBatches(rows.length, batchRows, order),
      step,
      endEpoch: (done) => {
        options.onEpoch?.(done.length, epochs, done.at(-1)!);
        return false;
      },
    });
    // Parameters outside this training, such as the position bias, stay as they are.
    const parameters = cut.restore(trainer.parameters());
    return { ...losses, network: { ...network, parameters } };
  });
}
