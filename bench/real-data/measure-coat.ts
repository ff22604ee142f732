import { measureRatings, splitRatings } from "../../src/analysis/ratings/evaluate-ratings.ts";
import {
  fitRatings,
  meanRating,
  type RatingPredictor,
} from "../../src/analysis/ratings/rating-factors.ts";
import type { UserRating } from "../../src/analysis/ratings/read-ratings.ts";
import { type Accuracy, measureAccuracy } from "../../src/evaluation/ranking/accuracy.ts";
import { rankItems } from "../../src/evaluation/ranking/rank-items.ts";
import { mean } from "../statistics.ts";
import type { Coat } from "./read-coat.ts";

const k = 5;
/** Of 1 to 5. */
const likedFrom = 4;
/** Of the chosen ratings, for the choice of λ. */
const validationShare = 1 / 10;
const epochs = 10;
const width = 20;
/** Users have 24 ratings each: λ reaches further than in `recurve evaluate ratings`. */
const regularisations = {
  biases: [0.02, 0.05, 0.1, 0.2, 0.5],
  factors: [0.05, 0.1, 0.15, 0.2, 0.3, 0.5],
};

export interface CoatRow {
  readonly predictor: string;
  readonly isWeighted: boolean;
  /** A popularity predicts no ratings. */
  readonly errors?: { readonly rmse: number; readonly rmseStandardError: number; readonly mae: number };
  /** NDCG@5 of each user with a liked coat among the 16, in one order; the mean over seeds. */
  readonly ndcg: readonly number[];
  readonly hits: readonly number[];
  /** λ by seed, where one was chosen. */
  readonly chosen: readonly number[];
}

type Fit = (ratings: readonly UserRating[], seed: number) => Promise<Fitted>;

interface Fitted extends RatingPredictor {
  readonly regularisation?: number;
}

/** Σ ω·(r̂ − r)²/Σ ω: what a fit with weights minimises. */
const weightedError = ({ predict }: RatingPredictor, ratings: readonly UserRating[]) =>
  meanRating(
    ratings.map((one) => ({ ...one, value: (predict(one.user, one.item) - one.value) ** 2 })),
  );

/** λ is the best of those tried on a tenth of the ratings; then all are fitted. */
const chooseAndFit =
  (sizes: Coat, own: number, tried: readonly number[]): Fit =>
  async (ratings, seed) => {
    const [validation, rest] = splitRatings(ratings, validationShare, seed);
    const fit = (part: readonly UserRating[], regularisation: number) =>
      fitRatings(part, sizes, { width: own, regularisation, epochs, seed });
    let best = { regularisation: Number.NaN, error: Number.POSITIVE_INFINITY };
    for (const regularisation of tried) {
      const error = weightedError(await fit(rest, regularisation), validation);
      if (error < best.error) best = { regularisation, error };
    }
    const { regularisation } = best;
    return { ...(await fit(ratings, regularisation)), regularisation };
  };

const fitMean: Fit = async (ratings) => {
  const all = meanRating(ratings);
  return { predict: () => all };
};

function groupBy(ratings: readonly UserRating[], side: "user" | "item") {
  const groups = new Map<number, UserRating[]>();
  for (const one of ratings) groups.set(one[side], [...(groups.get(one[side]) ?? []), one]);
  return groups;
}

const fitItemMeans: Fit = async (ratings) => {
  const all = meanRating(ratings);
  const means = new Map([...groupBy(ratings, "item")].map(([item, own]) => [item, meanRating(own)]));
  return { predict: (_, item) => means.get(item) ?? all };
};

const fitPopularity: Fit = async (ratings) => {
  const own = groupBy(ratings, "item");
  return { predict: (_, item) => own.get(item)?.length ?? 0 };
};

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

interface Measured {
  readonly predictor: string;
  readonly fit: Fit;
  /** Whether chance enters, so that seeds differ. */
  readonly isDrawn: boolean;
}

async function measure(
  { predictor, fit, isDrawn }: Measured,
  { drawn, chosen, weighted }: Coat,
  { seeds, isWeighted }: { readonly seeds: number; readonly isWeighted: boolean },
): Promise<CoatRow> {
  const users = [...groupBy(drawn, "user").values()];
  const fits: Fitted[] = [];
  for (let seed = 1; seed <= (isDrawn ? seeds : 1); seed++)
    fits.push(await fit(isWeighted ? weighted : chosen, seed));
  const ranked = fits.map((one) => users.flatMap((own) => rankOf(one, own) ?? []));
  const errors = fits.map((one) => measureRatings(one, drawn));
  const average = (of: (one: (typeof errors)[number]) => number) => mean(errors.map(of));
  return {
    ...{ predictor, isWeighted },
    ...(fit !== fitPopularity && {
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
  const factors = chooseAndFit(coat, width, regularisations.factors);
  const measured: readonly Measured[] = [
    { predictor: "mean", fit: fitMean, isDrawn: false },
    { predictor: "popularity", fit: fitPopularity, isDrawn: false },
    { predictor: "item means", fit: fitItemMeans, isDrawn: false },
    { predictor: "biases", fit: chooseAndFit(coat, 0, regularisations.biases), isDrawn: true },
    { predictor: "factors", fit: factors, isDrawn: true },
  ];
  const rows: CoatRow[] = [];
  for (const one of measured)
    for (const isWeighted of [false, true])
      if (!(isWeighted && one.fit === fitPopularity))
        rows.push(await measure(one, coat, { seeds, isWeighted }));
  return rows;
}
