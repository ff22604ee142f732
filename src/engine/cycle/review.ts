import type { Assignment, PolicyStatus } from "../../domain/policy-snapshot.ts";
import type { GateRecord } from "../../evaluation/gate.ts";
import { gateLimits } from "../../evaluation/gate-guards.ts";
import type { FeedbackRow } from "../../learning/feedback-row.ts";
import type { Network } from "../../policy/network.ts";
import { gateCandidate } from "./gate-candidate.ts";
import { logsOf, scoreRows } from "./improve.ts";

/** Certainty that the parent is better at which the serving policy is rolled back. */
const rollBackProbability = 0.99;
/** Below this chance of being better a canary is taken off the traffic. */
const keepCanaryProbability = 0.5;

export interface Review {
  readonly kind: "canary" | "parent";
  readonly version: number;
  readonly gate: GateRecord;
  readonly action: "promote" | "retire" | "keep" | "roll-back";
}

export interface Reviewed {
  readonly assignment: Assignment;
  readonly statuses: readonly { readonly version: number; readonly status: PolicyStatus }[];
  readonly review?: Review;
}

interface ReviewInput {
  readonly assignment: Assignment;
  /** Parent of the serving policy, where it has one. */
  readonly parent: number | undefined;
  readonly serving: Network;
  /** As the last cycle left it: trained on none of the rows. */
  readonly critic: Network | undefined;
  /** All new feedback: neither the canary, the serving policy nor its parent was trained on it. */
  readonly rows: readonly FeedbackRow[];
  readonly load: (version: number) => Promise<Network | undefined>;
  readonly threads: number;
}

async function judgeRival(
  input: ReviewInput,
  rival: Network,
  critic: Network,
): Promise<GateRecord> {
  const { threads } = input;
  const rows = await scoreRows({
    serving: input.serving,
    critic,
    rows: input.rows.filter(({ arm }) => arm !== "baseline"),
    threads,
  });
  const candidateLogs = await logsOf(
    rival,
    rows.map(({ row }) => row),
    threads,
  );
  return gateCandidate({
    rows,
    candidateLogs,
    candidateArm: "canary",
    predictedDifference: 0,
    limits: gateLimits,
  });
}

function decideCanary(gate: GateRecord): Review["action"] {
  if (gate.verdict === "promote") return "promote";
  return (gate.probabilityPositive ?? 1) < keepCanaryProbability ? "retire" : "keep";
}

const decideParent = (gate: GateRecord): Review["action"] =>
  gate.verdict === "promote" && (gate.probabilityPositive ?? 0) >= rollBackProbability
    ? "roll-back"
    : "keep";

function applyAction(assignment: Assignment, { action, version }: Review): Reviewed {
  const { canary, canaryShare: _, ...rest } = assignment;
  const replaced = assignment.serving;
  if (action === "retire") {
    return { assignment: { ...rest, canaryShare: 0 }, statuses: [{ version, status: "retired" }] };
  }
  if (action === "keep" || replaced === undefined) return { assignment, statuses: [] };
  const status = action === "promote" ? "retired" : "rolled-back";
  return {
    assignment: { ...rest, serving: version, canaryShare: 0 },
    statuses: [
      { version: replaced, status },
      { version, status: "serving" },
    ],
  };
}

/**
 * Before a cycle looks for something better it holds what serves against its rival on the whole of the new feedback: the
 * canary, which may take over or leave; without a canary the parent, which comes back where it is clearly better.
 */
export async function reviewServing(input: ReviewInput): Promise<Reviewed> {
  const { assignment, critic } = input;
  const kind = assignment.canary === undefined ? "parent" : "canary";
  const version = assignment.canary ?? input.parent;
  const rival = version === undefined ? undefined : await input.load(version);
  if (version === undefined || rival === undefined || critic === undefined)
    return { assignment, statuses: [] };
  const gate = await judgeRival(input, rival, critic);
  const action = kind === "canary" ? decideCanary(gate) : decideParent(gate);
  const review: Review = { kind, version, gate, action };
  return { ...applyAction(assignment, review), review };
}
