import type { Cycle } from "../../domain/cycle.ts";
import type { NewEncoder } from "../../domain/encoder-record.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Network } from "../../policy/network.ts";
import { isUntrained } from "../../policy/network-ground.ts";
import { loadServed } from "../learner/cycle/carried.ts";
import type { CycleOptions } from "../learner/cycle/cycle-options.ts";
import { measureForesight } from "../learner/training/foresight.ts";
import { type TrainedPolicy, trainPolicy } from "../learner/training/train-policy.ts";
import type { BehaviourTrainingOptions } from "../learner/training/training-data.ts";
import { rememberEncoder } from "./last-encoder.ts";
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
  const before = encoder && {
    heldOutAfter: trained.heldOutAfter ?? encoder.model.throughSequence,
    servingNdcg: (await measureForesight(encoder, measuring, context)).ndcg,
  };
  const divergence = await measureDivergence(options, serving, trained.network);
  return { throughSequence, ndcg: foresight.ndcg, ...before, ...(divergence && { divergence }) };
}

/**
 * A training that can't begin is on record. It counts as the newest one: a cycle that asked again at once would hold up canaries
 * for ever.
 */
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
  const last = { throughSequence: await store.sequence(), trainedAt: skipped.finishedAt };
  const { cycle = 0 } = await store.policies.apply({
    cycle: () => skipped,
    checkpoints: [rememberEncoder(scenario.name, last)],
  });
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
export async function findAsked(
  { store, configuration }: Pick<EncoderOptions, "store" | "configuration">,
  scenario: string,
): Promise<Cycle | undefined> {
  const [newest] = await store.cycles.list({ scenario, limit: 1 });
  if (!newest?.record.encoderWatch?.isDue) return undefined;
  const assignment = await store.policies.assignment(scenario);
  return whyNoTrial(configuration, assignment) === undefined ? newest : undefined;
}

/**
 * Trains an encoder, and hands a policy on it to live rewards. A training that is broken off changes
 * nothing, and is continued by the next call.
 * @param throughSequence of the cycles so far
 * @returns undefined if no policy serves
 */
export async function renewEncoder(
  options: EncoderOptions,
  throughSequence: number,
): Promise<Cycle | undefined> {
  const { store, scenario, clock } = options;
  const assignment = await store.policies.assignment(scenario.name);
  const serving = await loadServed(store, assignment.serving ?? 0);
  if (serving === undefined) return undefined;
  const startedAt = clock();
  const trained = await trainOrRefuse(options, serving);
  if (typeof trained === "string")
    return recordRefusal(options, { startedAt, throughSequence, reason: trained });
  const newEncoder = await compare(options, trained, serving);
  const found = { trained, newEncoder, assignment, startedAt, throughSequence };
  return publishEncoder(options, found);
}

/** If the newest cycle found that an encoder should be trained, does so. @returns undefined if not */
export async function learnEncoder(options: EncoderOptions): Promise<Cycle | undefined> {
  const asked = await findAsked(options, options.scenario.name);
  return asked && renewEncoder(options, asked.throughSequence);
}
