import { EngineError } from "../../domain/errors.ts";
import { createRandom } from "../../numeric/random.ts";
import { measurePopularity } from "../../policy/measure-popularity.ts";
import { encodeNetwork, initialNetwork } from "../../policy/network-policy.ts";
import { encodePopularity, readPopularity } from "../../policy/popularity.ts";
import { popularityNetwork } from "../../policy/popularity-network.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import type { PolicyChange } from "../../storage/policy-store.ts";
import { rememberEncoder } from "../encoder/last-encoder.ts";
import type { EncoderOptions } from "../encoder/learn-encoder.ts";
import { describeSlates } from "../learner/training/sharpen.ts";
import { type TrainedPolicy, trainPolicy } from "../learner/training/train-policy.ts";
import type { Spending } from "./spent-budget.ts";

/** Policies in the place of policies that may have learnt from erased users. */
export interface Begun {
  /** A policy that never saw them; absent if a new one has to be made. */
  readonly kept?: number;
  readonly network?: Uint8Array;
  readonly baseline: Uint8Array;
  /** It prefers some items to others. */
  readonly ranks: boolean;
  readonly about: string;
  readonly encoders?: NonNullable<PolicyChange["encoders"]>;
  readonly checkpoints?: NonNullable<PolicyChange["checkpoints"]>;
  /** Of a private training. */
  readonly spending?: Spending | undefined;
}

export const noCounts = (): Uint8Array => encodePopularity(measurePopularity(new Map()));

/** Items that most of the others chose, for a record whose behaviour teaches no more. */
async function popular(
  { store, scenario, seed }: EncoderOptions,
  trained: TrainedPolicy,
): Promise<Begun> {
  const { baseline, slates, spending } = trained;
  const { slateSize, maxCandidates } = scenario;
  const random = createRandom(seed).split(`relearn/${scenario.name}`);
  const counts = readPopularity(decodeTensors(baseline));
  const start = { slateSize, maxCandidates, random, items: await store.items.count() };
  return {
    network: encodeNetwork(popularityNetwork(counts, start)),
    baseline,
    ranks: true,
    spending,
    about: `popularity among the others takes their place (${describeSlates(slates)})`,
  };
}

/** From the behaviour that is on record now; without enough of it, as a loop starts. */
export async function begin(options: EncoderOptions): Promise<Begun> {
  const { scenario, clock, configuration } = options;
  const { encoder, maxCycleMinutes } = configuration.learner;
  const minutes = Math.min(encoder.minutes, maxCycleMinutes);
  try {
    if (minutes === 0) throw new EngineError("conflict", "encoders are not trained here");
    const trained = await trainPolicy({ ...options, minutes, restart: true });
    const { throughSequence, slates, spending } = trained;
    if (slates.network.served.mean < slates.popularity.served.mean)
      return await popular(options, trained);
    return {
      network: encodeNetwork(trained.network),
      baseline: trained.baseline,
      ranks: true,
      spending,
      about: "a policy trained on the behaviour of the others takes their place",
      encoders: [trained.encoder],
      checkpoints: [rememberEncoder(scenario.name, { throughSequence, trainedAt: clock() })],
    };
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "conflict")) throw error;
    return {
      network: encodeNetwork(initialNetwork(createRandom(0))),
      baseline: noCounts(),
      ranks: false,
      about: `the loop starts anew, every candidate equally likely (${error.message})`,
    };
  }
}
