import type { BilinearScores } from "../../domain/bandit-world.ts";
import { type BilinearFeatures, scoreOffer } from "../../learning/linear/bilinear.ts";
import type { ScoredRow } from "../../learning/scored-row.ts";
import { subtractTotal } from "../../mpo/challengers.ts";
import type { CompactRow } from "./compact-row.ts";

/** Reward heads and discriminator, linear in the features. */
export interface CompactCritic {
  readonly heads: readonly BilinearScores[];
  readonly discriminator: BilinearScores;
}

/** What the serving policy and the critic say of each row's candidates, in one block of memory. */
export function scoreRows(
  features: BilinearFeatures,
  { policy, critic }: { readonly policy: BilinearScores; readonly critic: CompactCritic },
  rows: readonly CompactRow[],
): ScoredRow<CompactRow>[] {
  const models = [policy, critic.discriminator, ...critic.heads];
  const cells = rows.reduce((sum, { items }) => sum + items.length, 0);
  const block = new Float64Array(models.length * cells);
  let offset = 0;
  const score = (row: CompactRow, model: BilinearScores) => {
    const into = block.subarray(offset, offset + row.items.length);
    offset += row.items.length;
    return scoreOffer(features, model, row, into);
  };
  return rows.map((row) => {
    const [logPolicy, discriminator, ...rewardHeads] = models.map((model) => score(row, model));
    if (logPolicy === undefined || discriminator === undefined) throw new RangeError("no models");
    subtractTotal(logPolicy);
    return { row, scores: { logPolicy, discriminator, rewardHeads } };
  });
}
