import type { RandomStream } from "../../src/numeric/random.ts";
import { buildRows } from "../../src/numeric/sparse-rows.ts";
import { encodeEncoder } from "../../src/policy/encoder/encoder-model.ts";
import { policyShape } from "../../src/policy/network-policy.ts";
import type { ItemView } from "../../src/policy/policy.ts";
import { createTransformer } from "../../src/policy/transformer/parameters.ts";
import { presetShape } from "../../src/policy/transformer/shape.ts";
import { onEncoder, randomNetwork, sampleViews } from "../../tests/support/policy.ts";
import type { TrainedPolicy } from "../serve-state/large-shop.ts";

/** Events of a user that the encoder reads. */
const events = 50;
const clusters = 200;
/** Items that the policy's own head has learnt of: those with feedback. */
const judged = 50_000;
/** Items whose successors the chain knows: its file is bounded. */
const followed = 50_000;
const successors = 40;

/** Draws an item, the first ones most often: the r-th is drawn with a probability that falls as r^-0.8. */
const drawPopular = (count: number, random: RandomStream): number =>
  Math.min(count - 1, Math.floor(count * random.uniform() ** 5));

/**
 * Vectors as training leaves them: items of a cluster are alike, directions differ in spread as i^-0.5, and items without many events are
 * nearer to the mean. Logits spread by some nats. Independent normal numbers would be harder to round and have no neighbours.
 */
function clusteredTable(items: number, width: number, random: RandomStream): Float32Array {
  const spread = Array.from({ length: width }, (_, i) => (i + 1) ** -0.5);
  const draw = () => Float64Array.from(spread, (size) => size * random.normal());
  const centres = Array.from({ length: clusters }, draw);
  const table = new Float32Array(items * width);
  for (let item = 0; item < items; item++) {
    const centre = centres[item % clusters]!;
    const length = 0.5 + 1.5 * Math.exp(-item / (0.1 * items));
    for (let i = 0; i < width; i++)
      table[item * width + i] = length * (0.7 * centre[i]! + 0.7 * spread[i]! * random.normal());
  }
  return table;
}

export interface ClusteredPolicy extends TrainedPolicy {
  /** Items of a user of two clusters, popular ones most often. */
  drawHistory(): readonly ItemView[];
}

/** An encoder of preset small with a chain, and a head, on clustered vectors and counts that fall as r^-0.8. */
export function makeClusteredPolicy(items: number, random: RandomStream): ClusteredPolicy {
  const views = sampleViews(items);
  const shape = presetShape("small", { items, length: events });
  const { parameters } = createTransformer({ ...shape, items: 1 }, random);
  const itemTable = clusteredTable(items, shape.width, random);
  const inCluster = (cluster: number) =>
    (clusters * drawPopular(Math.floor(items / clusters), random) + cluster) % items;
  const encoder = encodeEncoder({
    shape,
    parameters: { ...parameters, itemTable },
    itemIds: views.map(({ itemId }) => itemId),
    counts: Float32Array.from(views, (_, item) => Math.floor(1e5 * (item + 1) ** -0.8)),
    throughSequence: 0,
    chain: {
      window: 3,
      decay: 0.7,
      weight: 0.5,
      successors: buildRows(items, (row, add) => {
        if (row >= followed) return;
        for (let one = 0; one < successors; one++) add(inCluster(row % clusters), random.uniform());
      }),
    },
  });
  const head = randomNetwork(policyShape, views.slice(0, judged), random);
  const drawHistory = () => {
    const own = [random.integer(clusters), random.integer(clusters)];
    return Array.from({ length: events }, () => views[inCluster(own[random.integer(2)]!)]!);
  };
  return { views, encoder, network: onEncoder(head, encoder), drawHistory };
}
