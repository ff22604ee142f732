import { describeTrainingProgress } from "../../src/cli/training-line.ts";
import type { Cycle } from "../../src/domain/cycle.ts";
import type { Configuration } from "../../src/engine/configuration/configuration.ts";
import { train } from "../../src/engine/learner/train.ts";
import type { Store } from "../../src/engine/open-store.ts";
import type { PolicyData } from "./open-data.ts";
import { scenario, threads, configuration as withoutPrivacy } from "./shop.ts";

export interface FirstTraining {
  readonly cycle: Cycle;
  /** Of the last epoch, nats a target; NaN if the training had ended before. */
  readonly loss: number;
}

/** The shop's first policy, from the behaviour in the store. A training that was broken off continues, and one that has ended is kept. */
export async function trainFirst(
  store: Store,
  parts: Pick<PolicyData, "preset" | "print" | "minutes"> & {
    readonly configuration?: Configuration;
  },
  seed: number,
): Promise<FirstTraining> {
  const { preset, print, minutes, configuration = withoutPrivacy } = parts;
  const [done] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
  let loss = Number.NaN;
  if (done !== undefined) return { cycle: done, loss };
  const cycle = await train({
    store,
    configuration,
    scenario,
    seed,
    preset,
    threads,
    minutes,
    clock: Date.now,
    onProgress: (progress) => {
      if (progress.stage !== "read") print(describeTrainingProgress(progress));
      if (progress.stage === "epoch") loss = progress.loss;
    },
  });
  return { cycle: cycle!, loss };
}
