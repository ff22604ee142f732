import type { FirstSlates } from "../../../domain/first-slates.ts";
import type { ItemId } from "../../../domain/ids.ts";
import { isWanted } from "../../../domain/reward-rule.ts";
import { type Pretraining, pretrain } from "../../../learning/pretrain.ts";
import { createRandom } from "../../../numeric/random.ts";
import { initialNetwork } from "../../../policy/network-policy.ts";
import { encodePopularity } from "../../../policy/popularity.ts";
import { sharpen } from "./sharpen.ts";
import { type PretrainOptions, readTrainingData, type TrainingData } from "./training-data.ts";

/** Counts of each item as a target, without held-out events: the prediction without a user. */
function countItems({ sequences, context }: TrainingData): Uint8Array {
  const scores = new Map<ItemId, number>();
  for (const { events } of sequences) {
    for (const event of events.slice(0, -1)) {
      if (!isWanted(event, context.scenario.reward)) continue;
      scores.set(event.itemId, (scores.get(event.itemId) ?? 0) + 1);
    }
  }
  return encodePopularity({ scores, mean: 0 });
}

export interface Pretrained {
  /** Snapshots. */
  readonly network: Uint8Array;
  readonly baseline: Uint8Array;
  readonly slates: FirstSlates;
  /** Event number up to which all was read. */
  readonly throughSequence: number;
  readonly figures: Omit<Pretraining, "network"> & {
    readonly rows: number;
    readonly users: number;
    readonly items: number;
  };
}

/**
 * A policy and a baseline from behaviour events alone. Each user's last event is held out and
 * predicted by both.
 * @throws conflict if there is nothing to train on
 */
export async function pretrainPolicy(options: PretrainOptions): Promise<Pretrained> {
  const data = await readTrainingData(options);
  const { rows, sequences, heldOut, context } = data;
  const random = createRandom(options.seed).split(`pretrain/${options.scenario.name}`);
  const { network, ...figures } = await pretrain({
    network: initialNetwork(random.split("network")),
    rows,
    catalogue: context.catalogue.available(),
    random,
    threads: options.threads,
    onEpoch: (epoch, epochs, loss) => options.onProgress({ stage: "epoch", epoch, epochs, loss }),
  });
  options.onProgress({ stage: "measure", users: heldOut.length });
  const baseline = countItems(data);
  const { bytes, slates } = await sharpen(network, {
    baseline,
    heldOut,
    context,
    random: random.split("slates"),
  });
  return {
    network: bytes,
    baseline,
    slates,
    throughSequence: data.sequence,
    figures: {
      rows: rows.length,
      users: sequences.length,
      items: context.available.size,
      ...figures,
    },
  };
}
