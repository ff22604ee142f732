import { join } from "node:path";
import type { InteractionData } from "../../src/analysis/ranking/interaction-data.ts";
import { type PolicyRanking, rankWithPolicy } from "../../src/analysis/ranking/rank-with-policy.ts";
import type { TrainingRecord } from "../../src/domain/cycle-record.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { repository } from "../machine.ts";
import type { PolicyData } from "./open-data.ts";
import { eventsOf, record, scenario } from "./shop.ts";
import { type FirstTraining, trainFirst } from "./train-first.ts";

export interface PolicySeed {
  readonly seed: number;
  readonly ranking: PolicyRanking;
  readonly training: TrainingRecord["training"];
  readonly temperature: number;
  /** Of training, in the part in which it ended. */
  readonly seconds: number;
  /** Of the last epoch, nats a target. */
  readonly loss: number;
  /** Of the process so far. */
  readonly peakMiB: number;
  /** To rank the whole catalogue for one user, reading included. */
  readonly msARanking: number;
}

/** All but the last item of each user with two or more; once, whatever was broken off. */
async function importBehaviour(store: Store, data: InteractionData): Promise<void> {
  const behaviour = eventsOf(data, (sequence) => sequence.slice(0, -1));
  if ((await store.events.count()) >= behaviour.length) return;
  await store.items.put(data.items);
  await record(store, behaviour);
}

/** A shop that has imported all but the last items and trained its first policy, to be closed by the caller. */
export async function openTrained(
  parts: PolicyData,
  seed: number,
): Promise<FirstTraining & { readonly store: Store }> {
  const store = await openStore(join(repository, parts.folder.path, `seed-${seed}.db`));
  await importBehaviour(store, parts.data);
  return { store, ...(await trainFirst(store, parts, seed)) };
}

/** A trained shop, asked for the last items. */
export async function measurePolicySeed(parts: PolicyData, seed: number): Promise<PolicySeed> {
  const { data, folder, configuration } = parts;
  const file = `seed-${seed}.json`;
  const known = folder.load<PolicySeed>(file);
  if (known !== undefined) return known;
  const { store, cycle, loss } = await openTrained(parts, seed);
  try {
    const { training, slates } = cycle.record as TrainingRecord;
    if ((await store.sequence()) === sequenceAfter(cycle.throughSequence))
      await record(
        store,
        eventsOf(data, (sequence) => sequence.slice(-1)),
      );
    const rankedAt = performance.now();
    const ranking = await rankWithPolicy({
      store,
      configuration,
      scenario,
      seed,
      protocol: "leave-one-out",
      version: cycle.candidateVersion,
    });
    const seconds = (cycle.finishedAt - cycle.startedAt) / 1000;
    const result = {
      seed,
      ranking,
      training,
      temperature: slates.temperature,
      seconds,
      loss,
      peakMiB: process.resourceUsage().maxRSS / 1024,
      msARanking: (performance.now() - rankedAt) / ranking.users,
    };
    folder.save(file, result);
    return result;
  } finally {
    await store.close();
  }
}

/** The assignment of the trained policy takes one event number. */
const sequenceAfter = (trained: number) => trained + 1;
