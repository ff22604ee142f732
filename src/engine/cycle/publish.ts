import type { Verdict } from "../../domain/cycle.ts";
import type { Assignment, PolicyStatus } from "../../domain/policy-snapshot.ts";
import type { Network } from "../../policy/network.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import { encodePopularity, measurePopularity } from "../../policy/popularity.ts";
import type { NewPolicy, PolicyChange } from "../../storage/store.ts";
import type { CycleFeedback } from "./read-feedback.ts";
import type { Reviewed } from "./review.ts";

interface PublishInput {
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly reviewed: Reviewed;
  readonly canaryShare: number;
  readonly candidate: Network;
  readonly feedback: CycleFeedback;
  /** ε of the time until the next cycle. */
  readonly exploration: number;
  readonly now: number;
}

type StatusChange = { readonly version: number; readonly status: PolicyStatus };

const mark = (version: number | undefined, status: PolicyStatus): StatusChange[] =>
  version === undefined ? [] : [{ version, status }];

/** Status of the candidate, who else changes theirs, and who answers from now on. */
function settle(verdict: Verdict, { assignment }: Reviewed, canaryShare: number) {
  const { canary, ...withoutCanary } = assignment;
  switch (verdict) {
    case "promote":
      return {
        status: "serving" as const,
        statuses: [...mark(assignment.serving, "retired"), ...mark(canary, "retired")],
        assign: (version: number): Assignment => ({
          ...withoutCanary,
          serving: version,
          canaryShare: 0,
        }),
      };
    case "canary":
      return {
        status: "canary" as const,
        statuses: mark(canary, "retired"),
        assign: (version: number): Assignment => ({ ...assignment, canary: version, canaryShare }),
      };
    case "hold":
    case "not-enough-data":
      return { status: "held" as const, statuses: [], assign: (): Assignment => assignment };
    default:
      throw new RangeError(`no verdict ${String(verdict satisfies never)}`);
  }
}

/** The newest counts; the baseline needs no gate, it is what the policy is held against. */
function newBaseline({ scenario, feedback, now }: PublishInput): NewPolicy {
  return {
    scenario,
    kind: "popularity",
    status: "serving",
    createdAt: now,
    bytes: encodePopularity(measurePopularity(feedback.itemRewards)),
    evidence: { decisions: feedback.decisions },
  };
}

function newCandidate(input: PublishInput, status: PolicyStatus): NewPolicy {
  const { serving } = input.reviewed.assignment;
  return {
    scenario: input.scenario,
    kind: "network",
    status,
    ...(serving === undefined ? {} : { parent: serving }),
    createdAt: input.now,
    bytes: encodeNetwork(input.candidate),
    evidence: { verdict: input.verdict, reason: input.reason },
  };
}

/** Candidate, baseline, statuses and assignment as one change. Added: the candidate's version, then the baseline's. */
export function publish(input: PublishInput): Pick<PolicyChange, "add" | "statuses" | "assign"> {
  const { reviewed, scenario } = input;
  const settled = settle(input.verdict, reviewed, input.canaryShare);
  return {
    add: [newCandidate(input, settled.status), newBaseline(input)],
    statuses: [
      ...reviewed.statuses,
      ...settled.statuses,
      ...mark(reviewed.assignment.baseline, "retired"),
    ],
    assign: ([candidate = 0, baseline = 0]) => ({
      scenario,
      assignment: { ...settled.assign(candidate), baseline, exploration: input.exploration },
    }),
  };
}
