import type { BilinearScores } from "../../domain/bandit-world.ts";
import { type WatchedSeparation, watchDiscriminator } from "../../mpo/discriminator-slope.ts";
import type { CriticScores, FitOptions, KnownRow, ModelFamily } from "../../mpo/family.ts";
import type { Fold, FoldedRow } from "../../mpo/judged-row.ts";
import { laboratoryLimits } from "../../mpo/limits.ts";
import { isHeldOut } from "../../mpo/separation.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { type BilinearFeatures, emptyScores, scoreOffer } from "../linear/bilinear.ts";
import { fitDiscriminator } from "../linear/discriminator.ts";
import {
  addSums,
  ageSums,
  emptySums,
  type RewardSums,
  solveRewards,
  sumChoices,
} from "../linear/reward-sums.ts";
import { fitPolicy, policyLogs } from "../linear/softmax-policy.ts";
import type { CompactRow } from "./compact-row.ts";

/** Rewarded rows that a discriminator reads: the first ones of the newest cycles. */
const satisfiedLimit = 400;

/** A visit with the half that it judges. */
export interface FoldedVisit extends CompactRow, FoldedRow {}

/**
 * Reward heads and discriminator, linear in the features, with the statistics that the next cycle's
 * critics are fitted from.
 */
export interface LinearCritic {
  readonly heads: readonly BilinearScores[];
  readonly discriminator: BilinearScores;
  /** Of all feedback until now, not yet aged. */
  readonly sums: RewardSums;
  /** Rewarded rows, the newest cycle first. */
  readonly satisfied: readonly FoldedVisit[];
}

type Options = FitOptions<BilinearScores, LinearCritic>;
type Known = KnownRow<FoldedVisit>;

/** Scores of each row's candidates under several models, in one block of memory. */
function scoreVisits(
  features: BilinearFeatures,
  models: readonly BilinearScores[],
  rows: readonly FoldedVisit[],
): Float64Array[][] {
  const cells = rows.reduce((sum, { items }) => sum + items.length, 0);
  const block = new Float64Array(models.length * cells);
  let offset = 0;
  return rows.map((row) =>
    models.map((model) => {
      const into = block.subarray(offset, offset + row.items.length);
      offset += row.items.length;
      return scoreOffer(features, model, row, into);
    }),
  );
}

/** Older sums, then those of the second half, then of the first: each half with bootstrap counts of its own. */
function sumRows(
  features: BilinearFeatures,
  rows: readonly FoldedVisit[],
  { from, random }: { readonly from: LinearCritic | undefined; readonly random: RandomStream },
): RewardSums {
  const sumHalf = (half: Fold) => {
    const choices = rows
      .filter(({ fold }) => fold === half)
      .map(({ user, items, action, reward }) => ({ user, item: items[action]!, reward }));
    return choices.length === 0
      ? []
      : [sumChoices(features, choices, { random: random.split(half) })];
  };
  const older = from === undefined ? emptySums(features) : ageSums(from.sums);
  return [...sumHalf("second"), ...sumHalf("first")].reduce(addSums, older);
}

/** How D does on the rewarded rows of the users that it is not trained on. */
function watch(
  features: BilinearFeatures,
  discriminator: BilinearScores,
  rows: readonly Known[],
): WatchedSeparation {
  const watched = watchDiscriminator();
  for (const row of rows) {
    const { policy, action, reward } = row;
    watched.add({ logits: scoreOffer(features, discriminator, row), policy, action, reward });
  }
  return watched.result();
}

const inflateHeads = (heads: readonly BilinearScores[], inflation: Float64Array | undefined) =>
  inflation === undefined
    ? heads
    : heads.map(({ weights, biases }) => ({
        weights,
        biases: biases.map((bias, item) => bias + inflation[item]!),
      }));

/**
 * Linear models over arrays: reward heads in closed form, discriminator and policy by exact
 * gradients. They have one position, so examination is not estimated. Users are held out from D if
 * it restrains.
 * @param inflation error that a poisoned reward model adds to each item's prediction, by item
 * number
 */
export function createLinearFamily(
  features: BilinearFeatures,
  inflation?: Float64Array,
): ModelFamily<FoldedVisit, BilinearScores, LinearCritic> {
  const fitCritic = (rows: readonly Known[], { from, has, serving, random }: Options) => {
    const rewarded = rows.filter(({ reward }) => reward > 0);
    const holdsOut = has("restraint");
    const older = from?.satisfied ?? [];
    const satisfied = [...rewarded, ...older].slice(0, satisfiedLimit);
    const offers = satisfied
      .filter((row) => !(holdsOut && isHeldOut(row)))
      .map((row) => ({ ...row, policy: policyLogs(features, serving, row).map(Math.exp) }));
    const start = from?.discriminator ?? emptyScores(features);
    const discriminator = fitDiscriminator(features, start, offers);
    const sums = sumRows(features, rows, { from, random });
    const critic = {
      heads: inflateHeads(solveRewards(features, sums), inflation),
      discriminator,
      sums,
      satisfied: satisfied.map((row) => ({ ...row, fold: "older" as const })),
    };
    if (!holdsOut) return { critic };
    const heldOut = rewarded.filter((row) => isHeldOut(row));
    return { critic, discriminator: watch(features, discriminator, heldOut) };
  };
  return {
    lacks: ["examination"],
    limits: laboratoryLimits.visits,
    fitCritic,
    scorePolicy: (policy, rows) => rows.map((row) => policyLogs(features, policy, row)),
    scoreCritic: (critic, rows) =>
      scoreVisits(features, [critic.discriminator, ...critic.heads], rows).map(
        ([discriminator, ...rewardHeads]): CriticScores => ({
          discriminator: discriminator!,
          rewardHeads,
        }),
      ),
    movePolicy: (policy, moves) => fitPolicy(features, policy, moves),
  };
}
