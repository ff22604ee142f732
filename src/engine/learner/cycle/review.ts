import type { Review } from "../../../domain/cycle-record.ts";
import type { MpoConfiguration } from "../../../domain/mpo-configuration.ts";
import type { PolicyEvidence, PromotionReview } from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import {
  mark,
  retireCandidates,
  type StatusChange,
  takeOver,
  withoutRivals,
} from "../../../domain/take-over.ts";
import { looksOf } from "../../../evaluation/pooled-looks.ts";
import { type FeedbackRow, markForeign } from "../../../learning/feedback-row.ts";
import type { NetworkFamily } from "../../../learning/network-family.ts";
import { judgeRival, reviewCanary } from "../../../mpo/review.ts";
import type { Network } from "../../../policy/network.ts";
import { createPromotion, createProposed } from "./promotion.ts";

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
  /** Parent of the serving policy, if it has one. */
  readonly parent: number | undefined;
  readonly serving: Network;
  /** As the last cycle left it: trained on none of the rows. */
  readonly critic: Network | undefined;
  /** All new feedback: neither the canary, the serving policy nor its parent was trained on it. */
  readonly rows: readonly FeedbackRow[];
  readonly load: (version: number) => Promise<Network | undefined>;
  readonly evidence: (version: number) => Promise<PolicyEvidence>;
  /** Share of the users who keep the policy that a canary replaces. */
  readonly holdbackShare: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly family: NetworkFamily;
  readonly mpo: MpoConfiguration;
}

/** The operator's mode decides about a canary that is proven better. */
const whatMayServe = ({ assignment: { mode } }: ReviewInput): Review["action"] =>
  mode === undefined ? "promote" : mode === "ask" ? "ask" : "keep";

/** The canary's own review, or the parent's, which comes back if it is clearly better. */
async function judge(
  input: ReviewInput,
  { kind, version, rival }: Pick<Review, "kind" | "version"> & { readonly rival: Network },
  critic: Network,
): Promise<Review> {
  const { serving, assignment, mpo, family } = input;
  const arm = kind === "canary" ? "canary" : "holdback";
  const rows = markForeign(input.rows, { serving: assignment.serving, [arm]: version });
  const pair = { serving, rival, critic, rows, mpo };
  if (kind === "canary") {
    const earlier = (await input.evidence(version)).looks;
    const { gate, action } = await reviewCanary(family, { ...pair, earlier });
    return { kind, version, gate, action: action === "promote" ? whatMayServe(input) : action };
  }
  const gate = await judgeRival(family, { ...pair, arm });
  const { verdict, probabilityPositive = 0 } = gate;
  const isBetter = verdict === "promote" && probabilityPositive >= mpo.review.rollBackProbability;
  return { kind, version, gate, action: isBetter ? "roll-back" : "keep" };
}

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

/** It keeps its share while it waits. An earlier waiting policy was judged on older feedback. */
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
 * Before a cycle looks for a better policy it compares the serving policy with its rival on all new
 * feedback. The rival is the canary, which may take over or leave, or else the parent, which comes
 * back if it is clearly better. A pinned policy is not reviewed.
 */
export async function reviewServing(input: ReviewInput): Promise<Reviewed> {
  const { assignment, critic } = input;
  if (assignment.mode === "pinned") return { assignment, statuses: [] };
  const kind = assignment.canary === undefined ? "parent" : "canary";
  const version = assignment.canary ?? input.parent;
  const rival = version === undefined ? undefined : await input.load(version);
  if (version === undefined || rival === undefined || critic === undefined)
    return { assignment, statuses: [] };
  const review = await judge(input, { kind, version, rival }, critic);
  return { ...(await applyAction(input, review)), review };
}
