import { EngineError } from "../../domain/errors.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { type NextItem, pretrain } from "../../learning/pretrain.ts";
import { createRandom } from "../../numeric/random.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { encodeNetwork, initialNetwork } from "../../policy/network-policy.ts";
import { encodePopularity } from "../../policy/popularity.ts";
import type { Store } from "../../storage/store.ts";
import { createCatalogue } from "../catalogue.ts";
import { type HeldOut, measureHitRate } from "./hit-rate.ts";
import { findHeldOut, listNextItems, type NextItemContext, rowsPerUser } from "./next-items.ts";
import { isWanted, readSequences, type UserSequence } from "./read-sequences.ts";

/** Rows of one training, about 1.5 kB each: beyond, each user keeps the newest. */
const maxRows = 100_000;
const measuredUsers = 1000;
const hitLength = 10;

export type PretrainProgress =
  | { readonly stage: "read"; readonly events: number }
  /** `perUser`: newest events of each user that were taken, where not all were. */
  | { readonly stage: "rows"; readonly rows: number; readonly perUser?: number }
  | {
      readonly stage: "epoch";
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
    }
  | { readonly stage: "measure"; readonly users: number };

export interface PretrainOptions {
  readonly store: Store;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly threads: number;
  readonly onProgress: (progress: PretrainProgress) => void;
}

interface TrainingData {
  readonly context: NextItemContext;
  readonly sequences: readonly UserSequence[];
  readonly rows: readonly NextItem[];
  readonly heldOut: readonly HeldOut[];
  /** Event number up to which all was read. */
  readonly sequence: number;
}

/** The newest of users with a held-out event, with everything that they had seen before it. */
async function readHeldOut(
  store: Store,
  sequences: readonly UserSequence[],
  context: NextItemContext,
): Promise<readonly HeldOut[]> {
  const newest = (sequence: UserSequence) => sequence.events.at(-1)?.sequence ?? 0;
  const heldOut: HeldOut[] = [];
  for (const sequence of sequences.toSorted((a, b) => newest(b) - newest(a))) {
    if (heldOut.length === measuredUsers) break;
    const row = findHeldOut(sequence, context);
    if (row === undefined) continue;
    const seen = await store.events.seenItems(sequence.userId, newest(sequence) - 1);
    if (!seen.has(row.next.itemId)) heldOut.push({ ...row, seen });
  }
  return heldOut;
}

async function readTrainingData(options: PretrainOptions): Promise<TrainingData> {
  const { store, scenario, onProgress } = options;
  const sequence = await store.sequence();
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(sequence);
  const available = new Set<ItemId>(catalogue.available().map(({ itemId }) => itemId));
  const context = { scenario, catalogue, available };
  const sequences = await readSequences(store, (events) => onProgress({ stage: "read", events }));
  const counts = sequences.map(({ events }) => events.length);
  const limit = rowsPerUser(counts, maxRows);
  const rows = sequences.flatMap((one) => listNextItems(one, limit, context));
  const isCut = counts.some((count) => count > limit);
  onProgress({ stage: "rows", rows: rows.length, ...(isCut ? { perUser: limit } : {}) });
  const heldOut = await readHeldOut(store, sequences, context);
  return { context, sequences, rows, heldOut, sequence };
}

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

function checkRows({ rows, heldOut }: TrainingData, { name, reward }: Scenario): void {
  if (rows.length > 0 && heldOut.length > 0) return;
  const types = Object.keys(reward.weights).join(", ");
  throw new EngineError(
    "conflict",
    `scenario ${name} has nothing to train on: expected users with at least 3 events of the types ${types} on items of the catalogue, got ${rows.length} rows; import behaviour first (recurve import --help)`,
    { details: { scenario: name, rows: rows.length, measuredUsers: heldOut.length } },
  );
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

/**
 * A policy and a baseline from behaviour events alone. Each user's last event is held out and foreseen by both.
 * @throws conflict where there is nothing to train on
 */
export async function pretrainPolicy(options: PretrainOptions): Promise<Pretrained> {
  const { onProgress, threads } = options;
  const data = await readTrainingData(options);
  checkRows(data, options.scenario);
  const { rows, heldOut } = data;
  const random = createRandom(options.seed).split(`pretrain/${options.scenario.name}`);
  const training = await pretrain({
    network: initialNetwork(random.split("network")),
    rows,
    catalogue: data.context.catalogue.available(),
    random,
    threads,
    onEpoch: (epoch, epochs, loss) => onProgress({ stage: "epoch", epoch, epochs, loss }),
  });
  onProgress({ stage: "measure", users: heldOut.length });
  const network = encodeNetwork(training.network);
  const baseline = countItems(data);
  const hitRate = await measure(network, data);
  const baselineHitRate = await measure(baseline, data);
  const { epochs, firstLoss, lastLoss } = training;
  const pretraining = {
    rows: rows.length,
    users: data.sequences.length,
    items: data.context.available.size,
    epochs,
    firstLoss,
    lastLoss,
    measuredUsers: heldOut.length,
    hitLength,
    hitRate,
    baselineHitRate,
  };
  const reason = `the pretrained policy has the last items of ${percent(hitRate)} of ${heldOut.length} users among its best ${hitLength}, popularity of ${percent(baselineHitRate)}`;
  const rates = { hitRate, baselineHitRate };
  const throughSequence = data.sequence;
  return { network, baseline, ...rates, reason, throughSequence, record: { pretraining } };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
