import type { JsonObject } from "../../domain/json.ts";
import type { MpoConfiguration } from "../../domain/mpo-configuration.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { GateRecord } from "../../evaluation/gate.ts";
import { limitsOf } from "../../evaluation/gate-guards.ts";
import { type GateLooks, looksOf } from "../../evaluation/pooled-looks.ts";
import { type FeedbackRow, markForeign } from "../../learning/feedback-row.ts";
import { lookAhead } from "../../learning/session-value.ts";
import { gateCandidate } from "../../mpo/gate.ts";
import type { Network } from "../../policy/network.ts";
import { canaryLooks, createPromotion, createProposed, type PromotionReview } from "./promotion.ts";
import { logsOf, scoreRows } from "./score-rows.ts";
import { mark, retireCandidates, type StatusChange, takeOver, withoutRivals } from "./take-over.ts";

export interface Review {
  readonly kind: "canary" | "parent";
  readonly version: number;
  readonly gate: GateRecord;
  /** `ask`: it may take over, once an operator approves. */
  readonly action: "promote" | "ask" | "retire" | "keep" | "roll-back";
}

export interface Reviewed {
  readonly assignment: Assignment;
  readonly statuses: readonly StatusChange[];
  /** Of the canary or the parent, off-policy. */
  readonly review?: Review;
  /** Of the last promotion, on live rewards. */
  readonly promotion?: PromotionReview;
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
  readonly evidence: (version: number) => Promise<JsonObject>;
  /** Share of the users who keep what a canary replaces. */
  readonly holdbackShare: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** γ of the scenario. */
  readonly discount: number;
  readonly threads: number;
  readonly mpo: MpoConfiguration;
}

async function judgeRival(
  input: ReviewInput,
  {
    rival,
    version,
    kind,
    earlier,
  }: {
    readonly rival: Network;
    readonly version: number;
    readonly kind: Review["kind"];
    readonly earlier: GateLooks | undefined;
  },
  critic: Network,
): Promise<GateRecord> {
  const { threads, mpo, discount } = input;
  const candidateArm = kind === "canary" ? "canary" : "holdback";
  const chosen = markForeign(
    input.rows.filter(({ arm }) => arm === "serving" || arm === candidateArm),
    { serving: input.assignment.serving, [candidateArm]: version },
  );
  const logs = await logsOf(input.serving, chosen, threads);
  const rows = lookAhead(await scoreRows({ logs, critic, rows: chosen, threads }), discount);
  const candidateLogs = await logsOf(
    rival,
    rows.map(({ row }) => row),
    threads,
  );
  return gateCandidate({
    rows,
    candidateLogs,
    candidateArm,
    predictedDifference: 0,
    limits: limitsOf(mpo.gate),
    earlier,
  });
}

type Decide = (gate: GateRecord, input: ReviewInput) => Review["action"];

const decideCanary: Decide = (gate, { mpo, assignment: { mode } }) => {
  if (gate.verdict === "promote")
    return mode === undefined ? "promote" : mode === "ask" ? "ask" : "keep";
  return (gate.probabilityPositive ?? 1) < mpo.review.keepCanaryProbability ? "retire" : "keep";
};

const decideParent: Decide = (gate, { mpo }) =>
  gate.verdict === "promote" && (gate.probabilityPositive ?? 0) >= mpo.review.rollBackProbability
    ? "roll-back"
    : "keep";

async function promoteCanary(
  { assignment, holdbackShare, now, evidence }: ReviewInput,
  { version, gate }: Review,
): Promise<Reviewed> {
  const replaced = assignment.serving;
  const { statuses, assign } = takeOver(assignment, holdbackShare);
  const promotion = createPromotion(gate, { replaced, promotedAt: now, holdbackShare });
  const { verdict, reason } = gate;
  const known = { ...(await evidence(version)), verdict, reason, promotion };
  return {
    assignment: assign(version),
    statuses: [...statuses, { version, status: "serving", evidence: known }],
  };
}

/** A canary's looks add up until they decide. */
async function rememberLooks(
  { evidence }: ReviewInput,
  { kind, version, gate }: Review,
): Promise<readonly StatusChange[]> {
  const looks = looksOf(gate);
  if (kind !== "canary" || looks === undefined) return [];
  return [{ version, status: "canary", evidence: { ...(await evidence(version)), looks } }];
}

/** It keeps its share while it waits. What waited before was judged on older feedback. */
async function askFirst(input: ReviewInput, review: Review): Promise<Reviewed> {
  const { assignment, holdbackShare, evidence } = input;
  const { version, gate } = review;
  const looks = looksOf(gate);
  const found = { verdict: gate.verdict, proposed: createProposed(gate, holdbackShare) };
  const known = { ...(await evidence(version)), ...found, ...(looks && { looks }) };
  const earlier = assignment.waiting === version ? undefined : assignment.waiting;
  return {
    assignment: { ...assignment, waiting: version },
    statuses: [...mark(earlier, "retired"), { version, status: "canary", evidence: known }],
  };
}

async function applyAction(input: ReviewInput, review: Review): Promise<Reviewed> {
  const { assignment } = input;
  const { version, action } = review;
  const { canary: _, waiting, ...withoutCanary } = assignment;
  switch (action) {
    case "keep":
      return { assignment, statuses: await rememberLooks(input, review) };
    case "retire":
      return {
        assignment: {
          ...withoutCanary,
          canaryShare: 0,
          ...(waiting !== undefined && waiting !== version && { waiting }),
        },
        statuses: mark(version, "retired"),
      };
    case "promote":
      return promoteCanary(input, review);
    case "ask":
      return askFirst(input, review);
    case "roll-back":
      return {
        assignment: { ...withoutRivals(assignment), serving: version },
        statuses: [
          ...mark(assignment.serving, "rolled-back"),
          ...mark(assignment.holdback, "retired"),
          ...retireCandidates(assignment),
          ...mark(version, "serving"),
        ],
      };
    default:
      throw new RangeError(`no action ${String(action satisfies never)}`);
  }
}

/**
 * Before a cycle looks for something better it holds what serves against its rival on the whole of the new feedback: the
 * canary, which may take over or leave; without a canary the parent, which comes back where it is clearly better. A pinned
 * policy serves whatever a review would say.
 */
export async function reviewServing(input: ReviewInput): Promise<Reviewed> {
  const { assignment, critic } = input;
  if (assignment.mode === "pinned") return { assignment, statuses: [] };
  const kind = assignment.canary === undefined ? "parent" : "canary";
  const version = assignment.canary ?? input.parent;
  const rival = version === undefined ? undefined : await input.load(version);
  if (version === undefined || rival === undefined || critic === undefined)
    return { assignment, statuses: [] };
  const earlier = kind === "canary" ? canaryLooks(await input.evidence(version)) : undefined;
  const gate = await judgeRival(input, { rival, version, kind, earlier }, critic);
  const action = (kind === "canary" ? decideCanary : decideParent)(gate, input);
  const review: Review = { kind, version, gate, action };
  return { ...(await applyAction(input, review)), review };
}
