import type { Review } from "../../../domain/cycle-record.ts";
import type { Standing } from "../../../domain/ending.ts";
import type { GateRecord } from "../../../domain/gate-record.ts";
import type { GuardTest } from "../../../domain/guard-metric.ts";
import type { MpoConfiguration } from "../../../domain/mpo-configuration.ts";
import type {
  AnchorReview,
  CanaryReview,
  PolicyEvidence,
  PromotionReview,
} from "../../../domain/policy-evidence.ts";
import {
  mark,
  retireCandidates,
  retireHoldback,
  type StatusChange,
  withoutRivals,
} from "../../../domain/take-over.ts";
import { withExpectedLift } from "../../../evaluation/expected-lift.ts";
import { looksOf } from "../../../evaluation/pooled-looks.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { NetworkFamily } from "../../../learning/network-family.ts";
import { judgeRival, type RivalInput, reviewCanary } from "../../../mpo/review.ts";
import type { Network } from "../../../policy/network.ts";
import { cutOffOf } from "./cut-off.ts";
import { askFirst, type Canary, dropCanary, predict, promoteCanary } from "./promotion.ts";

export interface Reviewed extends Standing {
  readonly statuses: readonly StatusChange[];
  /** Of the canary or the parent, off-policy. */
  readonly review?: Review;
  /** Of the last promotion, on live rewards. */
  readonly promotion?: PromotionReview;
  /** Of the retriever, on live rewards. */
  readonly retrieval?: PromotionReview;
  /** Of the canary, on live rewards. */
  readonly canary?: CanaryReview;
  readonly anchor?: AnchorReview;
}

interface ReviewInput extends Standing {
  /** Parent of the serving policy, if it has one. */
  readonly parent: number | undefined;
  readonly serving: Network;
  /** As the last cycle left it: trained on none of the rows. */
  readonly critic: Network | undefined;
  /** All new feedback, with log π of other policies: neither the canary, the serving policy nor its parent was trained on it. */
  readonly rows: readonly FeedbackRow[];
  readonly load: (version: number) => Promise<Network | undefined>;
  readonly evidence: (version: number) => Promise<PolicyEvidence>;
  /** Share of the users who keep the policy that a canary replaces. */
  readonly holdbackShare: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** τ of `spreadOfLifts`. */
  readonly spread: number;
  readonly family: NetworkFamily;
  readonly mpo: MpoConfiguration;
  /** A canary may not harm them; a parent comes back without them. */
  readonly guards?: readonly GuardTest[];
}

/** The operator's mode decides about a canary that is proven better, and live rewards if only they may. */
const whatMayServe = (
  { assignment: { mode } }: ReviewInput,
  onlyLive: string | undefined,
): Review["action"] =>
  onlyLive !== undefined
    ? "keep"
    : mode === undefined
      ? "promote"
      : mode === "ask"
        ? "ask"
        : "keep";

/** A policy of before against the serving one, and whether it is so clearly better that it serves again. */
export async function judgeReturn(
  family: NetworkFamily,
  pair: RivalInput<FeedbackRow, Network, Network>,
): Promise<{ readonly gate: GateRecord; readonly isBetter: boolean }> {
  const gate = await judgeRival(family, pair);
  const { verdict, probabilityPositive = 0 } = gate;
  const { rollBackProbability } = pair.mpo.review;
  return { gate, isBetter: verdict === "promote" && probabilityPositive >= rollBackProbability };
}

/**
 * The canary's own review, or the parent's, which comes back if it is clearly better. On a new
 * encoder it chooses others than the log has, so live rewards alone end its trial.
 */
async function judge(
  input: ReviewInput,
  { kind, version, rival }: Pick<Review, "kind" | "version"> & { readonly rival: Network },
  critic: Network,
): Promise<Review> {
  const { serving, mpo, family, guards } = input;
  const arm = kind === "canary" ? "canary" : "holdback";
  const cutOff = cutOffOf(serving, rival, critic);
  const rows = input.rows.filter(({ sequence }) => sequence > cutOff);
  const pair = { serving, rival, critic, rows, mpo };
  if (kind === "canary") {
    const { newEncoder, looks: earlier, ...known } = await input.evidence(version);
    const { onlyLive = input.onlyLive } = known;
    const found = await reviewCanary(family, { ...pair, earlier, guards });
    const gate = withExpectedLift(found.gate, input.spread);
    const unproven = newEncoder ? "keep" : found.action;
    const action = found.action === "promote" ? whatMayServe(input, onlyLive) : unproven;
    return { kind, version, gate, action, ...(onlyLive !== undefined && { onlyLive }) };
  }
  const { gate, isBetter } = await judgeReturn(family, { ...pair, arm });
  return { kind, version, gate, action: isBetter ? "roll-back" : "keep" };
}

/** A canary's looks add up until they decide. */
function rememberLooks({ kind, gate }: Review, { version, evidence }: Canary): StatusChange[] {
  const looks = looksOf(gate);
  if (kind !== "canary" || looks === undefined) return [];
  return [{ version, status: "canary", evidence: { ...evidence, looks } }];
}

async function applyAction(input: ReviewInput, review: Review): Promise<Reviewed> {
  const { assignment, holdbackShare, now } = input;
  const { version, action, gate } = review;
  const known = { version, evidence: await input.evidence(version) };
  const looks = looksOf(gate);
  const { reason } = gate;
  const proof = { reason, predicted: predict(gate), holdbackShare, now };
  switch (action) {
    case "keep":
      return { assignment, statuses: rememberLooks(review, known) };
    case "retire":
      return dropCanary(assignment, known, "retired");
    case "promote":
      return promoteCanary(assignment, known, proof);
    case "ask": {
      const evidence = { ...known.evidence, ...(looks && { looks }) };
      return askFirst(assignment, { version, evidence }, proof);
    }
    case "roll-back":
      return {
        assignment: { ...withoutRivals(assignment), serving: version },
        statuses: [
          ...mark(assignment.serving, "rolled-back"),
          ...retireHoldback(assignment),
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
