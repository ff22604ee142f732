import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import type { NewPolicy } from "../../storage/policy-store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import { rememberEncoder } from "../encoder/last-encoder.ts";
import { renewEncoder } from "../encoder/learn-encoder.ts";
import { whyNoTrial } from "../encoder/watch-encoder.ts";
import { aFunction, aScenario, checkOptions, learnerChecks } from "../input/check-options.ts";
import { evidenceOfSpending, recordOfSpending, rememberSpending } from "../privacy/spent-budget.ts";
import { withConsent } from "../privacy/with-consent.ts";
import { runCycle } from "./cycle/run-cycle.ts";
import { ensurePolicies } from "./promote.ts";
import { describeSlates, evidenceOf } from "./training/sharpen.ts";
import { type TrainedPolicy, trainPolicy } from "./training/train-policy.ts";
import { endTraining } from "./training/training-checkpoint.ts";
import type { BehaviourTrainingOptions } from "./training/training-data.ts";

/** Record, scenario, time and randomness of a training. `clock` is in milliseconds since 1970. */
export interface TrainOptions extends BehaviourTrainingOptions {
  readonly configuration: Configuration;
}

function newPolicies(
  { scenario, clock }: TrainOptions,
  trained: TrainedPolicy,
  parent: number | undefined,
): readonly NewPolicy[] {
  const common = { scenario: scenario.name, createdAt: clock() };
  const { popularity, slateSize, users } = trained.slates;
  return [
    {
      ...common,
      kind: "network",
      status: isServable(trained) ? "serving" : "held",
      ...(parent === undefined ? {} : { parent }),
      bytes: encodeNetwork(trained.network),
      evidence: {
        reason: describeSlates(trained.slates),
        slates: evidenceOf(trained.slates),
        ...evidenceOfSpending(trained.spending),
      },
    },
    {
      ...common,
      kind: "popularity",
      status: "serving",
      bytes: trained.baseline,
      evidence: {
        reason: "counts of behaviour events",
        slates: { slateSize, users, ...popularity },
        ...evidenceOfSpending(trained.spending),
      },
    },
  ];
}

const isServable = ({ slates: { network, popularity } }: TrainedPolicy) =>
  network.served.mean >= popularity.served.mean;

/** The trained policy serves if its slates hold next items no less often than those of popularity, the new baseline. */
async function publish(
  options: TrainOptions,
  trained: TrainedPolicy,
  startedAt: number,
): Promise<Cycle> {
  const { store, scenario, clock } = options;
  const { name } = scenario;
  const assignment = await store.policies.assignment(name);
  const serves = isServable(trained);
  const replaced = [serves ? assignment.serving : undefined, assignment.baseline];
  const cycle = {
    scenario: name,
    outcome: serves ? "initial" : "hold",
    reason: describeSlates(trained.slates),
    ...(assignment.serving === undefined ? {} : { policyVersion: assignment.serving }),
    startedAt,
    finishedAt: clock(),
    throughSequence: trained.throughSequence,
    record: {
      training: trained.figures,
      slates: trained.slates,
      ...recordOfSpending(trained.spending),
    },
  } as const;
  const applied = await store.policies.apply({
    add: newPolicies(options, trained, assignment.serving),
    statuses: replaced.flatMap((version) =>
      version === undefined ? [] : [{ version, status: "retired" as const }],
    ),
    assign: ([network = 0, baseline = 0]) => ({
      scenario: name,
      assignment: {
        ...assignment,
        ...(serves ? { serving: network, retriever: network } : {}),
        baseline,
      },
      replaces: assignment,
    }),
    cycle: ([network = 0]) => ({ ...cycle, candidateVersion: network }),
    encoders: [trained.encoder],
    checkpoints: [
      ...rememberSpending(trained.spending),
      endTraining(name),
      rememberEncoder(name, {
        throughSequence: trained.throughSequence,
        trainedAt: cycle.finishedAt,
      }),
    ],
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}

/** A trained policy passes no gate: if an operator restrains promotions, it can't serve. */
async function refuseRestrained({ store, scenario: { name } }: TrainOptions): Promise<void> {
  const { mode } = await store.policies.assignment(name);
  if (mode === undefined) return;
  const message = `promotions of scenario ${name} are ${mode}; recurve promotions resume lets a policy trained on events serve`;
  throw new EngineError("conflict", message, { details: { scenario: name, mode } });
}

/** A private record learns from behaviour alone: a new encoder is tried on live rewards. */
async function trainAgain(options: TrainOptions): Promise<Cycle | undefined> {
  const { store, scenario, configuration } = options;
  const assignment = await store.policies.assignment(scenario.name);
  const obstacle = whyNoTrial(configuration, assignment);
  if (obstacle !== undefined) {
    const message = `no new encoder can be tried in scenario ${scenario.name}: ${obstacle}; wait for that, or decide it with recurve promotions`;
    throw new EngineError("conflict", message, { details: { scenario: scenario.name } });
  }
  const [last] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
  return renewEncoder(options, last?.throughSequence ?? 0);
}

/**
 * Trains a scenario now. Without decisions it trains a policy on the behaviour events, holds out
 * each user's last one, and lets it serve if its slates hold those no less often than popularity's;
 * with decisions it runs one cycle, or, with `privacy.differential`, trains a new encoder.
 *
 * @returns undefined if the scenario has decisions but no new ones with closed reward windows
 * @throws conflict if there is nothing to train on or an operator restrains promotions,
 * learner_busy, unknown_scenario, invalid_request
 */
export async function train(given: TrainOptions): Promise<Cycle | undefined> {
  checkOptions(given, { ...learnerChecks, scenario: aScenario, onProgress: aFunction });
  const options = withConsent(given);
  const { store, configuration, scenario, clock } = options;
  findScenario(configuration, scenario.name);
  await ensurePolicies({ store, configuration, now: clock() });
  return store.learnAlone(async () => {
    const hasDecisions = (await store.decisions.count({ scenario: scenario.name })) > 0;
    if (hasDecisions && !configuration.privacy.differential) return runCycle(options);
    await refuseRestrained(options);
    if (hasDecisions) return trainAgain(options);
    const startedAt = clock();
    return publish(options, await trainPolicy(options), startedAt);
  });
}
