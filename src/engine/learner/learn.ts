import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findAsked, learnEncoder } from "../encoder/learn-encoder.ts";
import { aFunction, aSignal, checkOptions, learnerChecks } from "../input/check-options.ts";
import { findDuePolicies, relearn } from "../privacy/relearn.ts";
import { withConsent } from "../privacy/with-consent.ts";
import { imitate } from "../ranks/imitate.ts";
import { startHeartbeat } from "../views/liveness.ts";
import { countedFailures, type Failures, failuresOf, isTooEarly } from "./failures.ts";
import { ensurePolicies } from "./promote.ts";
import { runDueCycle } from "./run-due-cycle.ts";
import type { TrainProgress } from "./training/training-data.ts";

/**
 * Record, time and randomness of the learning loop. `seed` is an unsigned 32-bit integer, `threads`
 * in 1…256.
 */
export interface LearnOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
  /** Ends the loop after the cycle that is under way. */
  readonly signal: AbortSignal;
  /** Called after every cycle, the failed ones included. */
  readonly onCycle: (cycle: Cycle) => void;
  /**
   * Called for failures that could not be recorded, for cycles that an operator overtook, and for
   * another process that learns on the record, once until a cycle runs here.
   */
  readonly onError: (error: Error, scenario: string) => void;
  /** Called while an encoder is trained. */
  readonly onProgress?: (progress: TrainProgress, scenario: string) => void;
  /** Resolves after the given milliseconds, sooner if the signal is aborted. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

const optionChecks = {
  ...learnerChecks,
  signal: aSignal,
  onCycle: aFunction,
  onError: aFunction,
  onProgress: aFunction.optional(),
  wait: aFunction,
};

/** The count is cheap and includes decisions whose window is open; the pages behind it are read only once it suffices. */
async function hasEnough(
  { store, configuration, clock }: LearnOptions,
  scenario: string,
  after: number,
): Promise<boolean> {
  const { minDecisions } = configuration.learner;
  if ((await store.decisions.count({ scenario, after })) < minDecisions) return false;
  const page = { scenario, after, closedBefore: clock(), limit: minDecisions };
  return (await store.decisions.feedback(page)).length === minDecisions;
}

/** Leaves the policies as they are, and the feedback to the next attempt. */
async function recordFailure(
  { store }: LearnOptions,
  failed: Omit<Cycle, "cycle" | "outcome" | "record">,
): Promise<Cycle> {
  const { serving } = await store.policies.assignment(failed.scenario);
  const policy = serving === undefined ? {} : { policyVersion: serving };
  const record = { ...failed, ...policy, outcome: "failed", record: {} } as const;
  const { cycle = 0 } = await store.policies.apply({ cycle: () => record });
  return { ...record, cycle };
}

/** Start time of work that is due, and the last event number of earlier cycles. */
type Due = Pick<Cycle, "startedAt" | "throughSequence">;

/** Undefined while an attempt would come too early. */
async function findTurn(
  { store, clock, configuration }: LearnOptions,
  scenario: string,
): Promise<Due | undefined> {
  const recent = await store.cycles.list({ scenario, limit: countedFailures });
  const startedAt = clock();
  const failures = failuresOf(recent);
  if (failures && isTooEarly(failures, startedAt, configuration.learner.intervalSeconds))
    return undefined;
  return { startedAt, throughSequence: recent[0]?.throughSequence ?? 0 };
}

async function findDueCycle(options: LearnOptions, scenario: string): Promise<Due | undefined> {
  const turn = await findTurn(options, scenario);
  return turn && (await hasEnough(options, scenario, turn.throughSequence)) ? turn : undefined;
}

async function findDueEncoder(options: LearnOptions, scenario: string): Promise<Due | undefined> {
  const asked = await findAsked(options, scenario);
  return asked && { startedAt: options.clock(), throughSequence: asked.throughSequence };
}

/** Learns alone on the record if it is due; a failure is recorded. */
async function learnIfDue(
  options: LearnOptions,
  scenario: string,
  {
    findDue,
    run,
  }: {
    readonly findDue: typeof findDueCycle;
    readonly run: () => Promise<Cycle | undefined>;
  },
): Promise<Cycle | undefined> {
  if ((await findDue(options, scenario)) === undefined) return undefined;
  return options.store.learnAlone(async () => {
    // Another process may have learnt from the same feedback since.
    const due = await findDue(options, scenario);
    if (due === undefined) return undefined;
    try {
      return await run();
    } catch (error) {
      if (options.signal.aborted) return undefined;
      // An operator stepped in: nothing is wrong, and the next look begins from the present state.
      if (error instanceof EngineError && error.code === "conflict") throw error;
      const reason = `the cycle failed: ${(error as Error).message}`;
      return recordFailure(options, { scenario, reason, ...due, finishedAt: options.clock() });
    }
  });
}

async function findDueStart(options: LearnOptions, scenario: string): Promise<Due | undefined> {
  if ((await findDuePolicies(options, scenario)) === undefined) return undefined;
  return findTurn(options, scenario);
}

/** Erased users are forgotten first, then an encoder: where feedback never ceases, there would be no time for it. */
async function look(options: LearnOptions, scenario: Scenario): Promise<Cycle | undefined> {
  const { name } = scenario;
  await ensurePolicies({ ...options, now: options.clock() }, [scenario]);
  // An apprentice learns without noise.
  const isPrivate = options.configuration.privacy.differential !== undefined;
  const imitation = isPrivate ? undefined : await imitate({ ...options, scenario });
  if (imitation !== undefined) return imitation;
  const onProgress = (progress: TrainProgress) => options.onProgress?.(progress, name);
  const relearnt = await learnIfDue(options, name, {
    findDue: findDueStart,
    run: () => relearn({ ...options, scenario, onProgress }),
  });
  if (relearnt !== undefined) return relearnt;
  const trained = await learnIfDue(options, name, {
    findDue: findDueEncoder,
    run: () => learnEncoder({ ...options, scenario, onProgress }),
  });
  if (trained !== undefined) return trained;
  return learnIfDue(options, name, {
    findDue: findDueCycle,
    run: () => runDueCycle({ ...options, scenario }),
  });
}

/**
 * The learning half of the loop: looks at each scenario in turn, and runs a cycle if enough
 * feedback is new. A cycle that fails is recorded and tried again after growing pauses; until one
 * succeeds the policies stay as they are.
 * @throws invalid_request if an option is unknown, of the wrong type or out of range
 */
export async function learn(options: LearnOptions): Promise<void> {
  checkOptions(options, optionChecks);
  const stopHeartbeat = await startHeartbeat(options);
  try {
    await lookInTurns(options);
  } finally {
    stopHeartbeat();
  }
}

/** Looks at a scenario, unless a failure that could not be recorded asks for a pause: on a full disk a whole cycle would else begin at each look. */
function createTurn(options: LearnOptions): (scenario: Scenario) => Promise<void> {
  const { intervalSeconds } = options.configuration.learner;
  const unrecorded = new Map<string, Failures>();
  let isWaiting = false;
  const fail = (error: Error, scenario: string, { count }: Pick<Failures, "count">) => {
    const code = error instanceof EngineError ? error.code : undefined;
    const isBusy = code === "learner_busy";
    if (!(isWaiting && isBusy)) options.onError(error, scenario);
    isWaiting = isBusy;
    // Another process learns, or an operator stepped in: nothing failed.
    if (isBusy || code === "conflict") return;
    unrecorded.set(scenario, { count: count + 1, lastAt: options.clock() });
  };
  return async (scenario) => {
    const { name } = scenario;
    const failures = unrecorded.get(name);
    if (failures && isTooEarly(failures, options.clock(), intervalSeconds)) return;
    try {
      const cycle = await look(withConsent(options), scenario);
      unrecorded.delete(name);
      if (cycle === undefined) return;
      isWaiting = false;
      options.onCycle(cycle);
    } catch (error) {
      fail(error as Error, name, failures ?? { count: 0 });
    }
  };
}

async function lookInTurns(options: LearnOptions): Promise<void> {
  const { configuration, signal } = options;
  const turn = createTurn(options);
  while (!signal.aborted) {
    for (const scenario of configuration.scenarios) {
      if (signal.aborted) return;
      await turn(scenario);
    }
    await options.wait(configuration.learner.intervalSeconds * 1000);
  }
}
