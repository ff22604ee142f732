import type { Cycle } from "../../domain/cycle.ts";
import type { NewEncoder } from "../../domain/encoder-record.ts";
import type { MeanOverUsers } from "../../domain/first-slates.ts";
import type { CanaryTrial, PolicyEvidence } from "../../domain/policy-evidence.ts";
import type { Assignment, PolicyStatus } from "../../domain/policy-snapshot.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import type { NewPolicy } from "../../storage/policy-store.ts";
import type { CycleOptions } from "../learner/cycle/cycle-options.ts";
import { describeSlates, evidenceOf } from "../learner/training/sharpen.ts";
import type { TrainedPolicy } from "../learner/training/train-policy.ts";
import { endTraining } from "../learner/training/training-checkpoint.ts";
import { planTrial } from "../live/plan-trial.ts";
import { evidenceOfSpending, recordOfSpending, rememberSpending } from "../privacy/spent-budget.ts";
import { rememberEncoder } from "./last-encoder.ts";

interface Trained {
  readonly trained: TrainedPolicy;
  readonly newEncoder: NewEncoder;
  /** With which the training began: an operator may have stepped in since. */
  readonly assignment: Assignment;
  readonly startedAt: number;
  /** Of the cycle before: a training on behaviour reads no feedback. */
  readonly throughSequence: number;
}

const onlyLive = "it stands on a new encoder";

/** It foresees no worse than the encoder that serves; a first one, no worse than popularity. */
function isServable({ trained: { slates }, newEncoder: { ndcg, servingNdcg } }: Trained): boolean {
  if (servingNdcg) return ndcg.mean >= servingNdcg.mean;
  return slates.network.served.mean >= slates.popularity.served.mean;
}

const tell = ({ mean, standardError }: MeanOverUsers) =>
  `${mean.toFixed(3)} ± ${standardError.toFixed(3)}`;

function describe({ trained, newEncoder: { ndcg, servingNdcg } }: Trained): string {
  if (servingNdcg === undefined) return `A first encoder: ${describeSlates(trained.slates)}.`;
  return `A new encoder: NDCG ${tell(ndcg)} on the newest events of ${trained.foresight.users} users, ${tell(servingNdcg)} of the one that serves.`;
}

/** Status of its policy, evidence of that status, and who answers from now on. */
function settle(
  { canaryShare, holdbackShare }: CycleOptions["configuration"],
  found: Trained,
  trial: CanaryTrial | undefined,
) {
  const { assignment } = found;
  const told = describe(found);
  if (!isServable(found))
    return { ...held, reason: `${told} It is held.`, assign: () => assignment };
  if (trial) {
    return {
      ...({ status: "canary", outcome: "canary" } as const),
      reason: `${told} Live rewards decide whether it serves.`,
      evidence: { verdict: "canary", onlyLive, trial } as const,
      assign: (canary: number): Assignment => ({ ...assignment, canary, canaryShare }),
    };
  }
  return {
    ...({ status: "waiting", outcome: "waiting" } as const),
    reason: `${told} It waits for approval, because canaryShare is 0 and the log can't judge it.`,
    evidence: { proposed: { reason: told, predicted: {}, holdbackShare } },
    assign: (waiting: number): Assignment => ({ ...assignment, waiting }),
  };
}

const held: {
  readonly status: PolicyStatus;
  readonly outcome: Cycle["outcome"];
  readonly evidence: PolicyEvidence;
} = { status: "held", outcome: "hold", evidence: {} };

/** The policy as it is stored; its parent is the policy that serves. */
function snapshotOf(
  { trained, newEncoder, assignment: { serving } }: Trained,
  about: Pick<NewPolicy, "scenario" | "status" | "createdAt" | "evidence">,
): NewPolicy {
  const { evidence } = about;
  return {
    ...about,
    kind: "network",
    ...(serving !== undefined && { parent: serving }),
    bytes: encodeNetwork(trained.network),
    evidence: {
      ...evidence,
      newEncoder,
      slates: evidenceOf(trained.slates),
      ...evidenceOfSpending(trained.spending),
    },
  };
}

/**
 * Publishes a policy on a new encoder. Decisions before cannot judge it, and its
 * retrieval differs: it becomes a canary, or waits for an operator if no user may get canaries.
 */
export async function publishEncoder(options: CycleOptions, found: Trained): Promise<Cycle> {
  const { store, scenario, configuration, clock, seed } = options;
  const { trained, newEncoder, assignment, startedAt, throughSequence } = found;
  const { name } = scenario;
  const { canaryShare } = configuration;
  const scene = { store, scenario, now: clock() };
  const trial = canaryShare > 0 ? await planTrial(scene, { share: canaryShare }) : undefined;
  const { status, outcome, reason, evidence, assign } = settle(configuration, found, trial);
  const finishedAt = clock();
  const { serving } = assignment;
  const cycle = {
    scenario: name,
    outcome,
    reason,
    startedAt,
    finishedAt,
    throughSequence,
    ...(serving !== undefined && { policyVersion: serving }),
    record: {
      seed,
      training: trained.figures,
      slates: trained.slates,
      newEncoder,
      ...recordOfSpending(trained.spending),
    },
  };
  const applied = await store.policies.apply({
    add: [
      snapshotOf(found, {
        scenario: name,
        status,
        createdAt: finishedAt,
        evidence: { ...evidence, reason },
      }),
    ],
    assign: ([version = 0]) => ({
      scenario: name,
      assignment: assign(version),
      replaces: assignment,
    }),
    cycle: ([candidateVersion = 0]) => ({ ...cycle, candidateVersion }),
    encoders: [trained.encoder],
    checkpoints: [
      ...rememberSpending(trained.spending),
      endTraining(name),
      rememberEncoder(name, {
        throughSequence: newEncoder.throughSequence,
        trainedAt: finishedAt,
      }),
    ],
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}
