import type { ItemId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import { pretrain } from "../../learning/pretrain.ts";
import { createRandom } from "../../numeric/random.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { encodeNetwork, initialNetwork } from "../../policy/network-policy.ts";
import { encodePopularity } from "../../policy/popularity.ts";
import { measureHitRate } from "./hit-rate.ts";
import { isWanted } from "./read-sequences.ts";
import { type PretrainOptions, readTrainingData, type TrainingData } from "./training-data.ts";

const hitLength = 10;

/** How often each item was wanted, the held-out events left out: what a next item is foreseen with without a user. */
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

async function measure(bytes: Uint8Array, { context, heldOut }: TrainingData): Promise<number> {
  const policy = await loadPolicy(bytes);
  try {
    const available = context.catalogue.available();
    return await measureHitRate(policy, heldOut, { available, length: hitLength });
  } finally {
    await policy.close();
  }
}

export interface Pretrained {
  /** Snapshots. */
  readonly network: Uint8Array;
  readonly baseline: Uint8Array;
  readonly hitRate: number;
  readonly baselineHitRate: number;
  /** One sentence for a person. */
  readonly reason: string;
  /** Event number up to which all was read. */
  readonly throughSequence: number;
  readonly record: JsonObject;
}

async function trainNetwork(options: PretrainOptions, { rows, context }: TrainingData) {
  const random = createRandom(options.seed).split(`pretrain/${options.scenario.name}`);
  const { network, ...figures } = await pretrain({
    network: initialNetwork(random.split("network")),
    rows,
    catalogue: context.catalogue.available(),
    random,
    threads: options.threads,
    onEpoch: (epoch, epochs, loss) => options.onProgress({ stage: "epoch", epoch, epochs, loss }),
  });
  return { bytes: encodeNetwork(network), figures };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/**
 * A policy and a baseline from behaviour events alone. Each user's last event is held out and foreseen by both.
 * @throws conflict where there is nothing to train on
 */
export async function pretrainPolicy(options: PretrainOptions): Promise<Pretrained> {
  const data = await readTrainingData(options);
  const { bytes: network, figures } = await trainNetwork(options, data);
  const measuredUsers = data.heldOut.length;
  options.onProgress({ stage: "measure", users: measuredUsers });
  const baseline = countItems(data);
  const hitRate = await measure(network, data);
  const baselineHitRate = await measure(baseline, data);
  const pretraining = {
    rows: data.rows.length,
    users: data.sequences.length,
    items: data.context.available.size,
    ...figures,
    measuredUsers,
    hitLength,
    hitRate,
    baselineHitRate,
  };
  return {
    network,
    baseline,
    hitRate,
    baselineHitRate,
    reason: `the pretrained policy has the last items of ${percent(hitRate)} of ${measuredUsers} users among its best ${hitLength}, popularity of ${percent(baselineHitRate)}`,
    throughSequence: data.sequence,
    record: { pretraining },
  };
}
