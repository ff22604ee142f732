import type { Cycle } from "../../../domain/cycle.ts";
import type { NewEncoder } from "../../../domain/encoder-record.ts";
import { EngineError } from "../../../domain/errors.ts";
import type { Network } from "../../../policy/network.ts";
import { isUntrained } from "../../../policy/popularity-network.ts";
import type { Store } from "../../../storage/store.ts";
import { loadServed } from "../cycle/carried.ts";
import type { CycleOptions } from "../cycle/run-cycle.ts";
import { measureForesight } from "../training/foresight.ts";
import { type TrainedPolicy, trainPolicy } from "../training/train-policy.ts";
import type { BehaviourTrainingOptions } from "../training/training-data.ts";
import { measureDivergence } from "./measure-divergence.ts";
import { publishEncoder } from "./publish-encoder.ts";
import { whyNoTrial } from "./watch-encoder.ts";

export interface EncoderOptions
  extends CycleOptions,
    Pick<BehaviourTrainingOptions, "onProgress" | "signal"> {}

/** Against the encoder that serves, on events that trained neither. */
async function compare(
  options: EncoderOptions,
  trained: TrainedPolicy,
  serving: Network,
): Promise<NewEncoder> {
  const { measuring, context, foresight, throughSequence } = trained;
  const { encoder } = serving;
  const before = encoder && (await measureForesight(encoder, measuring, context));
  const divergence = await measureDivergence(options, serving, trained.network);
  return {
    ...{ throughSequence, ndcg: foresight.ndcg },
    ...(before && { servingNdcg: before.ndcg }),
    ...(divergence && { divergence }),
  };
}

/** What the rule asked for can't be done: on record, until a later cycle asks again. */
async function recordRefusal(
  { store, scenario, seed, clock }: EncoderOptions,
  about: Pick<Cycle, "reason" | "startedAt" | "throughSequence">,
): Promise<Cycle> {
  const { serving } = await store.policies.assignment(scenario.name);
  const skipped = {
    ...about,
    scenario: scenario.name,
    outcome: "skipped",
    ...(serving !== undefined && { policyVersion: serving }),
    finishedAt: clock(),
    record: { seed },
  } as const;
  const { cycle = 0 } = await store.policies.apply({ cycle: () => skipped });
  return { ...skipped, cycle };
}

/** A head without evidence of rewards is not kept. */
const headOf = (serving: Network) => (isUntrained(serving) ? undefined : serving);

async function trainOrRefuse(
  options: EncoderOptions,
  serving: Network,
): Promise<TrainedPolicy | string> {
  const { maxCycleMinutes, encoder } = options.configuration.learner;
  const minutes = Math.min(encoder.minutes, maxCycleMinutes);
  try {
    return await trainPolicy({ ...options, minutes }, headOf(serving));
  } catch (error) {
    if (error instanceof EngineError && error.code === "conflict") return error.message;
    throw error;
  }
}

/** The scenario's newest cycle, if it asks for a new encoder that may be tried now. */
export async function findAsked(store: Store, scenario: string): Promise<Cycle | undefined> {
  const [newest] = await store.cycles.list({ scenario, limit: 1 });
  if (!newest?.record.encoderWatch?.isDue) return undefined;
  return whyNoTrial(await store.policies.assignment(scenario)) ? undefined : newest;
}

/**
 * If the newest cycle found that the encoder should learn on: trains it, and hands a policy on it to
 * live rewards. A training that is broken off changes nothing and is continued by the next call.
 * @returns undefined if nothing is to be trained
 */
export async function learnEncoder(options: EncoderOptions): Promise<Cycle | undefined> {
  const { store, scenario, clock } = options;
  const asked = await findAsked(store, scenario.name);
  const assignment = await store.policies.assignment(scenario.name);
  const serving = await loadServed(store, assignment.serving ?? 0);
  if (asked === undefined || serving === undefined) return undefined;
  const startedAt = clock();
  const { throughSequence } = asked;
  const trained = await trainOrRefuse(options, serving);
  if (typeof trained === "string")
    return recordRefusal(options, { startedAt, throughSequence, reason: trained });
  const newEncoder = await compare(options, trained, serving);
  return publishEncoder(options, {
    ...{ trained, newEncoder, assignment, startedAt, throughSequence },
  });
}
