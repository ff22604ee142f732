import type { Cycle } from "../../domain/cycle.ts";
import { dayMs } from "../../domain/durations.ts";
import { EngineError } from "../../domain/errors.ts";
import { mark } from "../../domain/take-over.ts";
import { createRandom } from "../../numeric/random.ts";
import { encodeNetwork, initialNetwork } from "../../policy/network-policy.ts";
import { encodePopularity, measurePopularity } from "../../policy/popularity.ts";
import type { NewPolicy, PolicyChange } from "../../storage/store.ts";
import { rememberEncoder } from "../encoder/last-encoder.ts";
import type { EncoderOptions } from "../encoder/learn-encoder.ts";
import { forgetCarried } from "../learner/cycle/carried.ts";
import { describeSlates } from "../learner/training/sharpen.ts";
import { trainPolicy } from "../learner/training/train-policy.ts";
import { endTraining } from "../learner/training/training-checkpoint.ts";
import { findPending, namedVersions, type PendingPolicies } from "./learnt-policies.ts";

/** Policies that know nothing of the past, or behaviour alone. */
interface Begun {
  readonly network: Uint8Array;
  readonly baseline: Uint8Array;
  readonly about: string;
  readonly encoders: NonNullable<PolicyChange["encoders"]>;
  readonly checkpoints: NonNullable<PolicyChange["checkpoints"]>;
}

/** From the behaviour that is on record now; without enough of it, as a loop starts. */
async function begin(options: EncoderOptions): Promise<Begun> {
  const { scenario, clock, configuration } = options;
  const { encoder, maxCycleMinutes } = configuration.learner;
  const minutes = Math.min(encoder.minutes, maxCycleMinutes);
  try {
    if (minutes === 0) throw new EngineError("conflict", "encoders are not trained here");
    const trained = await trainPolicy({ ...options, minutes, restart: true });
    const { throughSequence, slates } = trained;
    if (slates.network.served.mean < slates.popularity.served.mean)
      throw new EngineError("conflict", describeSlates(slates));
    const last = rememberEncoder(scenario.name, { throughSequence, trainedAt: clock() });
    return {
      network: encodeNetwork(trained.network),
      baseline: trained.baseline,
      about: "a policy trained on the behaviour of the others takes their place",
      encoders: [trained.encoder],
      checkpoints: [last],
    };
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "conflict")) throw error;
    return {
      network: encodeNetwork(initialNetwork(createRandom(0))),
      baseline: encodePopularity(measurePopularity(new Map())),
      about: `the loop starts anew, every candidate equally likely (${error.message})`,
      encoders: [],
      checkpoints: [],
    };
  }
}

/** Policies of a scenario that have to be replaced, if it is time. */
export async function findDuePolicies(
  { store, configuration, clock }: Pick<EncoderOptions, "store" | "configuration" | "clock">,
  scenario: string,
): Promise<PendingPolicies | undefined> {
  const pending = await findPending(store, scenario);
  const { relearnDays } = configuration.privacy;
  return pending && pending.since + relearnDays * dayMs <= clock() ? pending : undefined;
}

/**
 * Replaces all policies of a scenario by ones that were made from the record as it is, without those
 * that were erased; the next cycle learns from all its decisions. Nothing passes the gate here.
 * @returns undefined if no policy in use may have learnt from an erased user
 */
export async function relearn(options: EncoderOptions): Promise<Cycle | undefined> {
  const { store, scenario, clock, seed } = options;
  const { name } = scenario;
  const pending = await findPending(store, name);
  if (pending === undefined) return undefined;
  const startedAt = clock();
  // Read before the training, which may not see those that are erased after it.
  const freshAsOf = await store.sequence();
  const replaces = await store.policies.assignment(name);
  const begun = await begin(options);
  const finishedAt = clock();
  const users = pending.erasures === 1 ? "1 erased user" : `${pending.erasures} erased users`;
  const reason = `${pending.versions.length} policies may have learnt from ${users}: ${begun.about}`;
  const common = { scenario: name, status: "serving", createdAt: finishedAt } as const;
  const add: readonly NewPolicy[] = [
    { ...common, kind: "network", bytes: begun.network, evidence: { reason } },
    { ...common, kind: "popularity", bytes: begun.baseline, evidence: { reason } },
  ];
  const cycle: Omit<Cycle, "cycle" | "candidateVersion"> = {
    ...{ scenario: name, reason, startedAt, finishedAt },
    outcome: "initial",
    ...(replaces.serving !== undefined && { policyVersion: replaces.serving }),
    // From the first decision on, so that the next cycle learns from all of them.
    throughSequence: 0,
    record: { seed },
  };
  const { mode } = replaces;
  const { encoders } = begun;
  const applied = await store.policies.apply({
    ...{ add, freshAsOf, encoders },
    checkpoints: [...forgetCarried(name), endTraining(name), ...begun.checkpoints],
    statuses: namedVersions(replaces).flatMap((version) => mark(version, "retired")),
    assign: ([serving = 0, baseline = 0]) => ({
      scenario: name,
      assignment: {
        ...{ serving, baseline, canaryShare: 0 },
        ...(encoders.length > 0 && { retriever: serving }),
        ...(mode && { mode }),
      },
      replaces,
    }),
    cycle: ([candidateVersion = 0]) => ({ ...cycle, candidateVersion }),
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}
