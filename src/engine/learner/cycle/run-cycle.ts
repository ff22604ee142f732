import type { Cycle } from "../../../domain/cycle.ts";
import { EngineError } from "../../../domain/errors.ts";
import { spreadOfLifts } from "../../../evaluation/expected-lift.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { aScenario, checkOptions, learnerChecks } from "../../input/check-options.ts";
import { withConsent } from "../../privacy/with-consent.ts";
import { readUsage } from "../../stages/process-usage.ts";
import { createStageClock } from "../../stages/stage-clock.ts";
import { type CycleLimits, OverBudgetError, watchBudget } from "../../stages/watch-budget.ts";
import { encodeCarried, loadStart } from "./carried.ts";
import type { CycleOptions } from "./cycle-options.ts";
import { examine } from "./examine.ts";
import { describeFindings, describeStages, type Findings, summariseFindings } from "./findings.ts";
import { followMode } from "./follow-verdict.ts";
import { planCycle } from "./plan-cycle.ts";
import { publish } from "./publish.ts";
import { surveyFeedback } from "./read-feedback.ts";

/** Number of cycles from which the next one's cost and the spread of lifts are estimated. */
const rememberedCycles = 12;

/** A cycle's beginning: its number and plan, the last event numbers of earlier cycles and of the loop's start, those cycles, and the spread of their lifts. */
async function plan(options: CycleOptions, limits: CycleLimits) {
  const { store, scenario, configuration, clock, usage = readUsage } = options;
  const recent = await store.cycles.list({ scenario: scenario.name, limit: rememberedCycles });
  const previous = recent[0]?.throughSequence ?? 0;
  const { maxDecisions, mpo } = configuration.learner;
  const start = await loadStart(store, scenario.name);
  const span = { store, scenario, now: clock(), previous, start };
  const survey = await surveyFeedback({ ...span, maxDecisions });
  const planned =
    survey.newDecisions === 0
      ? undefined
      : planCycle({ survey, limits, recent, heldMiB: usage().heldMiB, mpo });
  const spread = spreadOfLifts(recent.flatMap(({ record }) => record.gate ?? []));
  return { previous, start, cycle: (recent[0]?.cycle ?? 0) + 1, recent, spread, planned };
}

/** Leaves the policies as they are, and the feedback to the next cycle, which is planned smaller. */
async function recordShortage(
  { store, scenario, clock, seed }: CycleOptions,
  shortage: Pick<Cycle, "reason" | "startedAt" | "record"> & { readonly throughSequence: number },
): Promise<Cycle> {
  const { serving } = await store.policies.assignment(scenario.name);
  const skipped = {
    ...shortage,
    scenario: scenario.name,
    outcome: "skipped",
    ...(serving === undefined ? {} : { policyVersion: serving }),
    finishedAt: clock(),
    record: { seed, ...shortage.record },
  } as const;
  const { cycle = 0 } = await store.policies.apply({ cycle: () => skipped });
  return { ...skipped, cycle };
}

/** Nothing that a cycle fits to feedback has noise. */
function refusePrivate({ privacy }: Configuration): void {
  if (privacy.differential === undefined) return;
  throw new EngineError(
    "conflict",
    "a cycle trains without noise, and privacy.differential asks for it; use learn, which reviews, or leave privacy.differential out",
  );
}

/** Milliseconds since 1970, and the last event number of earlier cycles. */
interface Begun {
  readonly startedAt: number;
  readonly previous: number;
}

/** All as one change. @throws conflict if the assignment is another one by now */
async function publishFindings(
  { store, scenario, configuration, clock }: CycleOptions,
  findings: Findings,
  { startedAt, previous }: Begun,
): Promise<Cycle> {
  const { feedback, reviewed, improvement, start } = findings;
  const finishedAt = clock();
  const { serving } = reviewed.assignment;
  const cycle = {
    scenario: scenario.name,
    ...summariseFindings(findings),
    ...(serving === undefined ? {} : { policyVersion: serving }),
    startedAt,
    finishedAt,
    throughSequence: feedback.throughSequence,
    record: describeFindings(findings),
  };
  const applied = await store.policies.apply({
    ...publish({
      ...findings,
      scenario: scenario.name,
      replaces: findings.assignment,
      canaryShare: configuration.canaryShare,
      holdbackShare: configuration.holdbackShare,
      // Months beside the uniform choice would cost its users more than they show.
      anchorShare: findings.hasStarted ? configuration.anchorShare : 0,
      candidate: improvement.moved.policy,
      now: finishedAt,
    }),
    cycle: ([candidateVersion = 0]) => ({ ...cycle, candidateVersion }),
    checkpoints: encodeCarried(scenario.name, {
      critic: improvement.fit.critic,
      meta: improvement.judgement.state,
      ...(reviewed.collapsed !== undefined && start && { start: previous }),
    }),
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}

/** Publishes the findings: under another mode, if an operator has changed that alone meanwhile. @throws conflict if more has changed */
async function conclude(options: CycleOptions, findings: Findings, begun: Begun): Promise<Cycle> {
  try {
    return await publishFindings(options, findings, begun);
  } catch (error) {
    const isOvertaken = error instanceof EngineError && error.code === "conflict";
    const followed = isOvertaken ? await followMode(options, findings) : undefined;
    if (followed === undefined) throw error;
    return conclude(options, followed, begun);
  }
}

/**
 * One pass of the loop over a scenario: evaluate, review, challenge, judge, distil, gate, publish.
 * All its changes are one transaction at its end; a failure before leaves the serving policy
 * unchanged. It is as large as its time and memory allow; if they do not suffice, it is recorded as
 * skipped.
 * @returns undefined if there is no new feedback to judge on
 * @throws invalid_request if an option is unknown, of the wrong type or out of range; conflict with `privacy.differential`
 */
export async function runCycle(given: CycleOptions): Promise<Cycle | undefined> {
  checkOptions(given, { ...learnerChecks, scenario: aScenario });
  const options = { ...given, ...withConsent(given) };
  const { configuration, clock, usage = readUsage } = options;
  refusePrivate(configuration);
  const { maxCycleMinutes, maxMemory } = configuration.learner;
  const limits = { maxMs: maxCycleMinutes * 60_000, maxMiB: maxMemory };
  const startedAt = clock();
  const stages = watchBudget(createStageClock(clock, usage), { limits, clock, usage });
  const { planned, ...begun } = await plan(options, limits);
  const { previous } = begun;
  const common = { startedAt, throughSequence: previous };
  if (planned === undefined) return undefined;
  if (typeof planned === "string")
    return recordShortage(options, { ...common, reason: planned, record: {} });
  try {
    const findings = await examine(options, { ...begun, plan: planned }, stages);
    return findings && (await conclude(options, findings, { startedAt, previous }));
  } catch (error) {
    if (!(error instanceof OverBudgetError)) throw error;
    const record = { plan: planned, ...describeStages(stages) };
    return recordShortage(options, { ...common, reason: error.message, record });
  }
}
