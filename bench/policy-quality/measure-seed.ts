import { join } from "node:path";
import type { InteractionData } from "../../src/analysis/ranking/interaction-data.ts";
import { type PolicyRanking, rankWithPolicy } from "../../src/analysis/ranking/rank-with-policy.ts";
import { describeTrainingProgress } from "../../src/cli/training-line.ts";
import type { BehaviourEvent } from "../../src/domain/behaviour.ts";
import type { TrainingRecord } from "../../src/domain/cycle-record.ts";
import type { Preset } from "../../src/domain/preset.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { train } from "../../src/engine/learner/train.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { repository } from "../machine.ts";
import type { RunFolder } from "../run-folder.ts";

export const threads = 2;
const slateSize = 10;
const pageSize = 1000;

/** A shop that recommends each item once, from the whole catalogue. */
const configuration = parseConfiguration({
  scenarios: [
    {
      name: "items",
      slateSize,
      excludeSeen: true,
      reward: { weights: { interaction: 1 }, windowSeconds: 600, maximum: 1 },
    },
  ],
});
const scenario = configuration.scenarios[0]!;

export interface PolicySeed {
  readonly seed: number;
  readonly ranking: PolicyRanking;
  readonly training: TrainingRecord["training"];
  readonly temperature: number;
  /** Of training, in the part in which it ended. */
  readonly seconds: number;
}

/** @param pick the part of a user's items that become events */
function eventsOf(
  { sequences, users, items }: InteractionData,
  pick: (sequence: readonly number[]) => readonly number[],
): BehaviourEvent[] {
  return sequences.flatMap((sequence, user) =>
    pick(Array.from(sequence)).map((item) => ({
      userId: users[user]!.userId,
      itemId: items[item]!.itemId,
      type: "interaction",
      value: 1,
      occurredAt: 0,
    })),
  );
}

async function record({ events }: Store, behaviour: readonly BehaviourEvent[]): Promise<void> {
  for (let start = 0; start < behaviour.length; start += pageSize)
    await events.record(behaviour.slice(start, start + pageSize).map((event) => ({ event })));
}

/** All but the last item of each user with two or more; once, whatever was broken off. */
async function importBehaviour(store: Store, data: InteractionData): Promise<void> {
  const behaviour = eventsOf(data, (sequence) => sequence.slice(0, -1));
  if ((await store.events.count()) === behaviour.length) return;
  await store.items.put(data.items);
  await record(store, behaviour);
}

export interface SeedParts {
  readonly data: InteractionData;
  readonly preset: Preset;
  readonly folder: RunFolder;
  readonly print: (text: string) => void;
}

/**
 * What a shop would do with this data: import all but the last items, train, and be asked for the
 * last ones. A training that was broken off continues.
 */
export async function measurePolicySeed(
  { data, preset, folder, print }: SeedParts,
  seed: number,
): Promise<PolicySeed> {
  const file = `seed-${seed}.json`;
  const known = folder.load<PolicySeed>(file);
  if (known !== undefined) return known;
  const store = await openStore(join(repository, folder.path, `seed-${seed}.db`));
  try {
    const parts = { store, configuration, scenario, seed };
    const [done] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
    if (done === undefined) await importBehaviour(store, data);
    const cycle =
      done ??
      (await train({
        ...{ ...parts, preset, threads, clock: Date.now },
        onProgress: (progress) => {
          if (progress.stage !== "read") print(describeTrainingProgress(progress));
        },
      }));
    const { training, slates } = cycle!.record as TrainingRecord;
    if ((await store.sequence()) === sequenceAfter(cycle!.throughSequence))
      await record(
        store,
        eventsOf(data, (sequence) => sequence.slice(-1)),
      );
    const ranking = await rankWithPolicy({
      ...{ ...parts, protocol: "leave-one-out" },
      version: cycle!.candidateVersion,
    });
    const seconds = (cycle!.finishedAt - cycle!.startedAt) / 1000;
    const result = { seed, ranking, training, temperature: slates.temperature, seconds };
    folder.save(file, result);
    return result;
  } finally {
    await store.close();
  }
}

/** The assignment of the trained policy takes one event number. */
const sequenceAfter = (trained: number) => trained + 1;
