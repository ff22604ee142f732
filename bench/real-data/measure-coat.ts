import { measureRatings } from "../../src/analysis/ratings/evaluate-ratings.ts";
import type { RatingPredictor } from "../../src/analysis/ratings/rating-factors.ts";
import type { UserRating } from "../../src/analysis/ratings/read-ratings.ts";
import { type Accuracy, measureAccuracy } from "../../src/evaluation/ranking/accuracy.ts";
import { rankItems } from "../../src/evaluation/ranking/rank-items.ts";
import { mean } from "../statistics.ts";
import { type Fitted, fitPopularity, groupBy, type Learner, learners } from "./coat-predictors.ts";
import type { Coat } from "./read-coat.ts";

const k = 5;
/** Of 1 to 5. */
const likedFrom = 4;

export interface CoatRow {
  readonly predictor: string;
  readonly isWeighted: boolean;
  /** A popularity predicts no ratings. */
  readonly errors?: {
    readonly rmse: number;
    readonly rmseStandardError: number;
    readonly mae: number;
  };
  /** NDCG@5 of each user with a liked coat among the 16, in one order; the mean over seeds. */
  readonly ndcg: readonly number[];
  readonly hits: readonly number[];
  /** λ by seed, where one was chosen. */
  readonly chosen: readonly number[];
}

/** Ranks of a user's drawn coats; undefined for a user who likes none of them. */
function rankOf({ predict }: RatingPredictor, drawn: readonly UserRating[]): Accuracy | undefined {
  const relevant = [...drawn.keys()].filter((index) => drawn[index]!.value >= likedFrom);
  if (relevant.length === 0) return undefined;
  const scores = drawn.map(({ user, item }) => predict(user, item));
  return measureAccuracy(rankItems({ scores, seen: new Set() }, relevant), {
    relevant: relevant.length,
    k,
  });
}

const meanByUser = (runs: readonly (readonly number[])[]) =>
  runs[0]!.map((_, user) => mean(runs.map((run) => run[user]!)));

async function measure(
  { predictor, learn, isDrawn }: Learner,
  { drawn, chosen, weighted }: Coat,
  { seeds, isWeighted }: { readonly seeds: number; readonly isWeighted: boolean },
): Promise<CoatRow> {
  const users = [...groupBy(drawn, "user").values()];
  const fits: Fitted[] = [];
  for (let seed = 1; seed <= (isDrawn ? seeds : 1); seed++)
    fits.push(await learn(isWeighted ? weighted : chosen, seed));
  const ranked = fits.map((one) => users.flatMap((own) => rankOf(one, own) ?? []));
  const errors = fits.map((one) => measureRatings(one, drawn));
  const average = (of: (one: (typeof errors)[number]) => number) => mean(errors.map(of));
  return {
    predictor,
    isWeighted,
    ...(learn !== fitPopularity && {
      errors: {
        rmse: average(({ rmse }) => rmse),
        rmseStandardError: average(({ rmseStandardError }) => rmseStandardError),
        mae: average(({ mae }) => mae),
      },
    }),
    ndcg: meanByUser(ranked.map((run) => run.map(({ ndcg }) => ndcg))),
    hits: meanByUser(ranked.map((run) => run.map(({ hitRate }) => hitRate))),
    chosen: fits.flatMap(({ regularisation }) => regularisation ?? []),
  };
}

/** Trained on coats of the users' choice, tested on coats drawn at random: with and without inverse propensity weights. */
export async function measureCoat(coat: Coat, seeds: number): Promise<readonly CoatRow[]> {
  const rows: CoatRow[] = [];
  for (const one of learners(coat))
    for (const isWeighted of [false, true])
      if (!(isWeighted && one.learn === fitPopularity))
        rows.push(await measure(one, coat, { seeds, isWeighted }));
  return rows;
}
