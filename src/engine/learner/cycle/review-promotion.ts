import type { PolicyEvidence, PromotionReview } from "../../../domain/policy-evidence.ts";
import {
  type Assignment,
  type PolicySnapshot,
  triesRetriever,
} from "../../../domain/policy-snapshot.ts";
import {
  mark,
  retireCandidates,
  withoutHoldback,
  withoutRivals,
} from "../../../domain/take-over.ts";
import type { LiveScene } from "../../live/compare-live.ts";
import { foundNothing, lookLive } from "../../live/look-live.ts";
import type { Reviewed } from "./review.ts";
import { reviewRetriever, tryRetriever } from "./review-retriever.ts";

const ends = {
  keep: "that decides nothing yet",
  confirm: "a loss of 5 % is ruled out, so the promotion is confirmed",
  expire: `${foundNothing}, so the promotion stands`,
  "roll-back": "the policy before serves again",
} as const;

async function apply(
  scene: LiveScene,
  assignment: Assignment,
  { review, promoted }: { readonly review: PromotionReview; readonly promoted: PolicySnapshot },
): Promise<Reviewed> {
  const { version, replaced, action } = review;
  const evidence = { ...promoted.evidence, realised: review };
  const stay = (known: PolicyEvidence) =>
    [{ version, status: "serving", evidence: known }, ...mark(replaced, "retired")] as const;
  switch (action) {
    case "keep":
      return { assignment, statuses: [{ version, status: "serving", evidence }] };
    case "confirm": {
      const tried = await tryRetriever(scene, assignment, version);
      const { retrieval } = tried;
      return { ...tried, statuses: stay({ ...evidence, ...(retrieval && { retrieval }) }) };
    }
    case "expire":
      return { assignment: withoutHoldback(assignment), statuses: stay(evidence) };
    case "roll-back":
      return {
        assignment: { ...withoutRivals(assignment), serving: replaced },
        statuses: [
          { version, status: "rolled-back", evidence },
          ...mark(replaced, "serving"),
          ...retireCandidates(assignment),
        ],
      };
    default:
      throw new RangeError(`no action ${String(action satisfies never)}`);
  }
}

/**
 * Compares a promoted policy with the replaced one, on live rewards of users assigned at random. If
 * it is worse, the kept snapshot serves again. If it is not worse, or the time is up, the
 * comparison ends; that of its retrieval follows if it was confirmed.
 */
export async function reviewPromotion(
  input: LiveScene & { readonly assignment: Assignment },
): Promise<Reviewed> {
  const { assignment, store } = input;
  const { serving, holdback } = assignment;
  const promoted = serving === undefined ? undefined : await store.policies.find(serving);
  if (promoted === undefined || holdback === undefined) return { assignment, statuses: [] };
  if (triesRetriever(assignment)) return reviewRetriever(input, assignment, promoted);
  const { version, evidence, createdAt } = promoted;
  const since = evidence.promotion?.promotedAt ?? createdAt;
  const arms = {
    tested: { arm: "serving", policyVersion: version },
    reference: { arm: "holdback", policyVersion: holdback },
  } as const;
  const { look, tell } = await lookLive(input, arms, { since, before: evidence.realised });
  const reason = tell(`Policy ${version}`, { others: "who kept the policy before", ends });
  const promotion = { version, replaced: holdback, reason, ...look };
  return { ...(await apply(input, assignment, { review: promotion, promoted })), promotion };
}
