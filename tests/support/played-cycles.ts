import type { Cycle } from "../../src/domain/cycle.ts";
import type { TriedSetting } from "../../src/domain/improvement-record.ts";
import type { Store } from "../../src/storage/store.ts";
import { sampleEvaluation, sampleFeedback, sampleGate } from "./record.ts";

const setting = (name: string, difference: number): TriedSetting => ({
  name,
  klRadius: 0.1,
  pessimism: 0.5,
  discriminator: 0,
  proximity: 1,
  memory: [0.5, 0.5],
  kl: 0.08,
  difference,
  standardError: 0.01,
  sharedError: 0,
  z: 1,
  servingValue: 0.3,
  predicted: 0,
  predictedDeviation: 1,
  weight: 0.5,
});

/** The record of a cycle, as far as exports show it. */
export const sampleCycle = (changes: Partial<Cycle> = {}): Omit<Cycle, "cycle"> => ({
  scenario: "shop",
  outcome: "promote",
  reason: "Better by 4 %.",
  policyVersion: 3,
  startedAt: 1_700_000_000_000,
  finishedAt: 1_700_000_060_000,
  throughSequence: 9,
  record: {
    seed: 1,
    evaluation: sampleEvaluation({ meanReward: 0.25 }),
    feedback: sampleFeedback(),
    settings: [setting("bold/far", 0.02), setting("careful", 0.01)],
    stageMs: { read: 1500 },
    policyDifference: {
      mean: 0.1,
      p05: -1,
      p50: 0,
      p95: 1,
      max: 2,
      segments: [],
      histogram: { min: -1, max: 2, limits: [0.5, 2], masses: [0.75, 0.25] },
    },
    gate: sampleGate({
      difference: 0.01,
      interval: [0.002, 0.018],
      guards: [{ name: "effective sample share", value: 0.05, limit: 0.15, passed: false }],
    }),
  },
  ...changes,
});

/** The record of a training of two epochs, the second of them validated. */
export const sampleTraining = (): Omit<Cycle, "cycle"> =>
  sampleCycle({
    record: {
      seed: 1,
      training: {
        preset: "small",
        parameters: 900,
        length: 50,
        targets: 400,
        users: 20,
        items: 6,
        epochs: 2,
        bestEpoch: 2,
        metric: 0.3,
        curve: [
          { epoch: 1, loss: 2.5 },
          { epoch: 2, loss: 1.25, metric: 0.3 },
        ],
      },
    },
  });

export async function addCycles(
  store: Store,
  ...cycles: readonly Omit<Cycle, "cycle">[]
): Promise<void> {
  for (const cycle of cycles) await store.policies.apply({ cycle: () => cycle });
}
