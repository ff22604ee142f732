import type { BilinearScores } from "../../domain/bandit-world.ts";
import type { RowScores } from "../../learning/challengers.ts";
import { type BilinearFeatures, type Offer, scoreOffer } from "../../learning/linear/bilinear.ts";
import { policyLogs } from "../../learning/linear/softmax-policy.ts";
import type { ScoredRow } from "../../learning/scored-row.ts";
import type { CompactRow } from "./compact-row.ts";

/** Reward heads and discriminator, linear in the features. */
export interface CompactCritic {
  readonly heads: readonly BilinearScores[];
  readonly discriminator: BilinearScores;
}

/** What the serving policy and the critic say of an offer's candidates. */
export function scoreCandidates(
  features: BilinearFeatures,
  { policy, critic }: { readonly policy: BilinearScores; readonly critic: CompactCritic },
  offer: Offer,
): RowScores {
  return {
    logPolicy: policyLogs(features, policy, offer),
    rewardHeads: critic.heads.map((head) => scoreOffer(features, head, offer)),
    discriminator: scoreOffer(features, critic.discriminator, offer),
  };
}

export const scoreRows = (
  features: BilinearFeatures,
  scorers: { readonly policy: BilinearScores; readonly critic: CompactCritic },
  rows: readonly CompactRow[],
): ScoredRow<CompactRow>[] =>
  rows.map((row) => ({ row, scores: scoreCandidates(features, scorers, row) }));
