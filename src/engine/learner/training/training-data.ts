import { EngineError } from "../../../domain/errors.ts";
import type { ItemId } from "../../../domain/ids.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { NextItem } from "../../../learning/pretrain.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { createCatalogue } from "../../state/catalogue.ts";
import { findHeldOut, listNextItems, type NextItemContext, rowsPerUser } from "./next-items.ts";
import { readUserSequences, type UserSequence } from "./read-user-sequences.ts";
import type { HeldOut } from "./slate-cases.ts";

/** Rows of one training, about 1.5 kB each: beyond, each user keeps the newest. */
const maxRows = 100_000;

/** Half of them choose the temperature, half measure the served slates. */
const measuredUsers = 2000;
const leastUsers = 4;

/**
 * Stages of a pretraining in their order: events are read, rows are made, epochs train, users
 * measure.
 */
export type PretrainProgress =
  | { readonly stage: "read"; readonly events: number }
  /** `perUser`: newest events of each user that were taken, if not all were. */
  | { readonly stage: "rows"; readonly rows: number; readonly perUser?: number }
  | {
      readonly stage: "epoch";
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
    }
  | { readonly stage: "measure"; readonly users: number };

/**
 * Record, scenario and randomness of a pretraining. `seed` is an unsigned 32-bit integer, `threads`
 * in 1…256.
 */
export interface PretrainOptions {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "text">;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly threads: number;
  readonly onProgress: (progress: PretrainProgress) => void;
}

export interface TrainingData {
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
    const isRepeat = context.scenario.excludeSeen && seen.has(row.next.itemId);
    if (!isRepeat) heldOut.push({ ...row, seen });
  }
  return heldOut;
}

/** @throws conflict if there is nothing to train on */
export async function readTrainingData(options: PretrainOptions): Promise<TrainingData> {
  const { store, configuration, scenario, onProgress } = options;
  const sequence = await store.sequence();
  const catalogue = createCatalogue(store.items, configuration);
  await catalogue.refresh(sequence);
  const available = new Set<ItemId>(catalogue.available().map(({ itemId }) => itemId));
  const context = { scenario, catalogue, available };
  const sequences = await readUserSequences(store, (events) =>
    onProgress({ stage: "read", events }),
  );
  const counts = sequences.map(({ events }) => events.length);
  const limit = rowsPerUser(counts, maxRows);
  const rows = sequences.flatMap((one) => listNextItems(one, limit, context));
  const isCut = counts.some((count) => count > limit);
  onProgress({ stage: "rows", rows: rows.length, ...(isCut ? { perUser: limit } : {}) });
  const heldOut = await readHeldOut(store, sequences, context);
  const data = { context, sequences, rows, heldOut, sequence };
  checkRows(data, scenario);
  return data;
}

function checkRows({ rows, heldOut }: TrainingData, { name, reward }: Scenario): void {
  if (rows.length > 0 && heldOut.length >= leastUsers) return;
  const types = Object.keys(reward.weights).join(", ");
  throw new EngineError(
    "conflict",
    `scenario ${name} has nothing to train on: expected at least ${leastUsers} users with at least 3 events of the types ${types} on items of the catalogue, got ${heldOut.length} users and ${rows.length} rows; import behaviour first (recurve import --help)`,
    { details: { scenario: name, rows: rows.length, measuredUsers: heldOut.length } },
  );
}
