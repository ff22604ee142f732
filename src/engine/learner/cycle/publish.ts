import { withAnchor } from "../../../domain/anchor.ts";
import { endingOf, explainEnding, tellStart } from "../../../domain/ending.ts";
import type { GateRecord } from "../../../domain/gate-record.ts";
import type { CanaryTrial } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicyStatus } from "../../../domain/policy-snapshot.ts";
import {
  mark,
  retireCandidates,
  retireHoldback,
  type StatusChange,
  takeOver,
  withoutRivals,
} from "../../../domain/take-over.ts";
import { looksOf } from "../../../evaluation/pooled-looks.ts";
import { measurePopularity } from "../../../policy/measure-popularity.ts";
import type { Network } from "../../../policy/network.ts";
import { encodeNetwork } from "../../../policy/network-policy.ts";
import { encodePopularity } from "../../../policy/popularity.ts";
import type { NewPolicy, PolicyChange } from "../../../storage/policy-store.ts";
import { createPromotion, predict } from "./promotion.ts";
import type { CycleFeedback } from "./read-feedback.ts";
import type { Reviewed } from "./review.ts";

interface PublishInput {
  readonly scenario: string;
  readonly gate: GateRecord;
  /** With which the cycle began: an operator may have rolled back since. */
  readonly replaces: Assignment;
  readonly reviewed: Reviewed;
  readonly canaryShare: number;
  /** Of the candidate, if it becomes a canary. */
  readonly trial: CanaryTrial | undefined;
  /** Share of the users who keep the policy that a promotion replaces. */
  readonly holdbackShare: number;
  /** Share of the users who keep the anchor. */
  readonly anchorShare: number;
  readonly candidate: Network;
  /** Popularity, or chance after a collapse, if it serves from now on. */
  readonly start: Network | undefined;
  readonly feedback: CycleFeedback;
  /** ε of the time until the next cycle. */
  readonly exploration: number;
  readonly now: number;
}

/** Status of the candidate, who else changes theirs, and who answers from now on. */
function settle({ gate, reviewed, canaryShare, holdbackShare }: PublishInput) {
  const { assignment } = reviewed;
  const ending = endingOf(gate, reviewed);
  switch (ending) {
    case "promote":
      return { status: "serving" as const, ...takeOver(assignment, holdbackShare) };
    case "waiting":
      return {
        status: "waiting" as const,
        // The newest was judged on the newest feedback.
        statuses: mark(assignment.waiting, "retired"),
        assign: (version: number): Assignment => ({ ...assignment, waiting: version }),
      };
    case "canary":
      return {
        status: "canary" as const,
        statuses: [],
        assign: (version: number): Assignment => ({ ...assignment, canary: version, canaryShare }),
      };
    case "hold":
    case "not-enough-data":
      return { status: "held" as const, statuses: [], assign: (): Assignment => assignment };
    default:
      throw new RangeError(`no ending ${String(ending satisfies never)}`);
  }
}

/** The newest counts; the baseline needs no gate, the policy is compared with it. */
function newBaseline({ scenario, feedback, now }: PublishInput): NewPolicy {
  return {
    scenario,
    kind: "popularity",
    status: "serving",
    createdAt: now,
    bytes: encodePopularity(measurePopularity(feedback.itemRewards(), feedback.behaviour)),
    evidence: { decisions: feedback.decisions },
  };
}

function newCandidate(input: PublishInput, status: PolicyStatus): NewPolicy {
  const { gate, holdbackShare, now, reviewed, trial } = input;
  const { verdict } = gate;
  const { serving } = reviewed.assignment;
  const looks = looksOf(gate);
  const promotion = createPromotion(predict(gate), {
    replaced: serving,
    promotedAt: now,
    holdbackShare,
  });
  return {
    scenario: input.scenario,
    kind: "network",
    status,
    ...(serving === undefined ? {} : { parent: serving }),
    createdAt: now,
    bytes: encodeNetwork(input.candidate),
    evidence: {
      verdict,
      reason: explainEnding(gate, reviewed),
      ...(status === "serving" && { promotion }),
      ...(status === "waiting" && {
        proposed: { reason: gate.reason, predicted: predict(gate), holdbackShare },
      }),
      ...(status === "canary" && {
        ...(looks && { looks }),
        ...(trial && { trial }),
      }),
    },
  };
}

/** Who leaves when popularity or chance takes the place of the serving policy. */
const leave = ({ assignment, beaten, collapsed }: Reviewed): readonly StatusChange[] => [
  ...mark(assignment.serving, (beaten ?? collapsed) === undefined ? "retired" : "rolled-back"),
  ...retireHoldback(assignment),
  ...retireCandidates(assignment),
];

/** Without a parent: a review would roll back to it. */
const newStart = (
  { scenario, feedback, reviewed, now }: PublishInput,
  start: Network,
): NewPolicy => ({
  scenario,
  kind: "network",
  status: "serving",
  createdAt: now,
  bytes: encodeNetwork(start),
  evidence: { decisions: feedback.decisions, reason: tellStart(reviewed) },
});

/** Popularity ranks the catalogue too; by chance alone candidates are drawn by lot. */
function withStart(
  assignment: Assignment,
  { serving, isChance }: { readonly serving: number; readonly isChance: boolean },
): Assignment {
  const { retriever: _, ...alone } = withoutRivals(assignment);
  return { ...alone, serving, ...(!isChance && { retriever: serving }) };
}

/** Candidate, baseline, statuses and assignment as one change. Added: the versions of the candidate, the baseline and the start. */
export function publish(input: PublishInput): Pick<PolicyChange, "add" | "statuses" | "assign"> {
  const { scenario, anchorShare, now, start } = input;
  const { collapsed } = input.reviewed;
  const anchored = withAnchor(input.reviewed.assignment, { share: anchorShare, now });
  const reviewed = { ...input.reviewed, assignment: anchored };
  const settled = settle({ ...input, reviewed });
  return {
    add: [
      newCandidate(input, settled.status),
      newBaseline(input),
      ...(start === undefined ? [] : [newStart(input, start)]),
    ],
    statuses: [
      ...reviewed.statuses,
      ...settled.statuses,
      ...mark(reviewed.assignment.baseline, "retired"),
      ...(start === undefined ? [] : leave(reviewed)),
    ],
    assign: ([candidate = 0, baseline = 0, serving]) => ({
      scenario,
      assignment: {
        ...(serving === undefined
          ? settled.assign(candidate)
          : withStart(settled.assign(candidate), { serving, isChance: collapsed !== undefined })),
        baseline,
        exploration: input.exploration,
      },
      replaces: input.replaces,
    }),
  };
}
