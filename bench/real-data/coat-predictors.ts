import { splitRatings } from "../../src/analysis/ratings/evaluate-ratings.ts";
import {
  fitRatings,
  meanRating,
  type RatingPredictor,
} from "../../src/analysis/ratings/rating-factors.ts";
import type { UserRating } from "../../src/analysis/ratings/read-ratings.ts";
import type { Coat } from "./read-coat.ts";

/** Of the chosen ratings, for the choice of λ. */
const validationShare = 1 / 10;
const epochs = 10;
const width = 20;
/** Users have 24 ratings each: λ reaches further than in `recurve evaluate ratings`. */
const regularisations = {
  biases: [0.02, 0.05, 0.1, 0.2, 0.5],
  factors: [0.05, 0.1, 0.15, 0.2, 0.3, 0.5],
};

type Learn = (ratings: readonly UserRating[], seed: number) => Promise<Fitted>;

/** A fit with its λ, if it has one. */
export interface Fitted extends RatingPredictor {
  readonly regularisation?: number;
}

/** Σ ω·(r̂ − r)²/Σ ω: what a fit with weights minimises. */
const weightedError = ({ predict }: RatingPredictor, ratings: readonly UserRating[]) =>
  meanRating(
    ratings.map((one) => ({ ...one, value: (predict(one.user, one.item) - one.value) ** 2 })),
  );

/** λ is the best of those tried on a tenth of the ratings; then all are fitted. */
const chooseAndFit =
  (sizes: Coat, own: number, tried: readonly number[]): Learn =>
  async (ratings, seed) => {
    const [validation, rest] = splitRatings(ratings, validationShare, seed);
    const learn = (part: readonly UserRating[], regularisation: number) =>
      fitRatings(part, sizes, { width: own, regularisation, epochs, seed });
    let best = { regularisation: Number.NaN, error: Number.POSITIVE_INFINITY };
    for (const regularisation of tried) {
      const error = weightedError(await learn(rest, regularisation), validation);
      if (error < best.error) best = { regularisation, error };
    }
    const { regularisation } = best;
    return { ...(await learn(ratings, regularisation)), regularisation };
  };

const fitMean: Learn = async (ratings) => {
  const all = meanRating(ratings);
  return { predict: () => all };
};

export function groupBy(ratings: readonly UserRating[], side: "user" | "item") {
  const groups = new Map<number, UserRating[]>();
  for (const one of ratings) groups.set(one[side], [...(groups.get(one[side]) ?? []), one]);
  return groups;
}

const fitItemMeans: Learn = async (ratings) => {
  const all = meanRating(ratings);
  const means = new Map(
    [...groupBy(ratings, "item")].map(([item, own]) => [item, meanRating(own)]),
  );
  return { predict: (_, item) => means.get(item) ?? all };
};

/** Of a fit to ratings, the number of them: it ranks and predicts none. */
export const fitPopularity: Learn = async (ratings) => {
  const own = groupBy(ratings, "item");
  return { predict: (_, item) => own.get(item)?.length ?? 0 };
};

export interface Learner {
  readonly predictor: string;
  readonly learn: Learn;
  /** Whether chance enters, so that seeds differ. */
  readonly isDrawn: boolean;
}

export const learners = (coat: Coat): readonly Learner[] => [
  { predictor: "mean", learn: fitMean, isDrawn: false },
  { predictor: "popularity", learn: fitPopularity, isDrawn: false },
  { predictor: "item means", learn: fitItemMeans, isDrawn: false },
  { predictor: "biases", learn: chooseAndFit(coat, 0, regularisations.biases), isDrawn: true },
  {
    predictor: "factors",
    learn: chooseAndFit(coat, width, regularisations.factors),
    isDrawn: true,
  },
];
