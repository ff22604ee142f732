import { join } from "node:path";
import type { InteractionData } from "../../src/analysis/ranking/interaction-data.ts";
import { type PolicyRanking, rankWithPolicy } from "../../src/analysis/ranking/rank-with-policy.ts";
import { describeTrainingProgress } from "../../src/cli/training-line.ts";
import type { TrainingRecord } from "../../src/domain/cycle-record.ts";
import { train } from "../../src/engine/learner/train.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { repository } from "../machine.ts";
import type { PolicyData } from "./open-data.ts";
import { configuration, eventsOf, record, scenario, threads } from "./shop.ts";

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
  if ((await store.events.count()) === behaviour.length) return;
  await store.items.put(data.items);
  await record(store, behaviour);
}

/**
 * What a shop would do with this data: import all but the last items, train, and be asked for the
 * last ones. A training that was broken off continues.
 */
export async function measurePolicySeed(
  { data, preset, folder, print, minutes }: PolicyData,
  seed: number,
): Promise<PolicySeed> {
  const file = `seed-${seed}.json`;
  const known = folder.load<PolicySeed>(file);
  if (known !== undefined) return known;
  const store = await openStore(join(repository, folder.path, `seed-${seed}.db`));
  let loss = Number.NaN;
  try {
    const parts = { store, configuration, scenario, seed };
    const [done] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
    if (done === undefined) await importBehaviour(store, data);
    const cycle =
      done ??
      (await train({
        ...{ ...parts, preset, threads, minutes, clock: Date.now },
        onProgress: (progress) => {
          if (progress.stage !== "read") print(describeTrainingProgress(progress));
          if (progress.stage === "epoch") loss = progress.loss;
        },
      }));
    const { training, slates } = cycle!.record as TrainingRecord;
    if ((await store.sequence()) === sequenceAfter(cycle!.throughSequence))
      await record(
        store,
        eventsOf(data, (sequence) => sequence.slice(-1)),
      );
    const rankedAt = performance.now();
    const ranking = await rankWithPolicy({
      ...{ ...parts, protocol: "leave-one-out" },
      version: cycle!.candidateVersion,
    });
    const seconds = (cycle!.finishedAt - cycle!.startedAt) / 1000;
    const result = {
      ...{ seed, ranking, training, temperature: slates.temperature, seconds, loss },
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
