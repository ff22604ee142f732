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

const longestPauseMs = 3_600_000;

/** 2^12 intervals are more than an hour for every interval that makes sense. */
const countedFailures = 12;

/** Time of the next attempt: after f cycles in a row that failed or were skipped, 2^f intervals after the last of them. */
function nextAttempt(recent: readonly Cycle[], intervalSeconds: number): number {
  const succeeded = recent.findIndex(
    ({ outcome }) => outcome !== "failed" && outcome !== "skipped",
  );
  const failures = succeeded < 0 ? recent.length : succeeded;
  const [last] = recent;
  if (failures === 0 || last === undefined) return 0;
  return last.finishedAt + Math.min(longestPauseMs, intervalSeconds * 1000 * 2 ** failures);
}

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

async function findDueCycle(options: LearnOptions, scenario: string): Promise<Due | undefined> {
  const { store, clock, configuration } = options;
  const recent = await store.cycles.list({ scenario, limit: countedFailures });
  const startedAt = clock();
  if (startedAt < nextAttempt(recent, configuration.learner.intervalSeconds)) return undefined;
  const throughSequence = recent[0]?.throughSequence ?? 0;
  return (await hasEnough(options, scenario, throughSequence))
    ? { startedAt, throughSequence }
    : undefined;
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
  const { store, clock, configuration } = options;
  const recent = await store.cycles.list({ scenario, limit: countedFailures });
  const startedAt = clock();
  if (startedAt < nextAttempt(recent, configuration.learner.intervalSeconds)) return undefined;
  return { startedAt, throughSequence: recent[0]?.throughSequence ?? 0 };
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

async function lookInTurns(options: LearnOptions): Promise<void> {
  const { configuration, signal } = options;
  let isWaiting = false;
  const tell = (error: Error, scenario: string) => {
    const isBusy = error instanceof EngineError && error.code === "learner_busy";
    if (!(isWaiting && isBusy)) options.onError(error, scenario);
    isWaiting = isBusy;
  };
  while (!signal.aborted) {
    for (const scenario of configuration.scenarios) {
      if (signal.aborted) return;
      try {
        const cycle = await look(withConsent(options), scenario);
        if (cycle === undefined) continue;
        isWaiting = false;
        options.onCycle(cycle);
      } catch (error) {
        tell(error as Error, scenario.name);
      }
    }
    await options.wait(configuration.learner.intervalSeconds * 1000);
  }
}
