import { EngineError } from "../../domain/errors.ts";
import { clusteredStandardError, numberClusters } from "../../evaluation/clusters.ts";
import { formatWhole } from "../../numeric/format.ts";
import { createRandom, shuffle } from "../../numeric/random.ts";
import { meanOf } from "../../numeric/statistics.ts";
import {
  fitRatings,
  meanRating,
  type RatingPredictor,
  type RatingSettings,
} from "./rating-factors.ts";
import type { RatingData, UserRating } from "./read-ratings.ts";

/** Share of the ratings that is held out, as one of five folds. */
const heldOutShare = 1 / 5;
/** Share of the training ratings on which settings are chosen. */
const validationShare = 1 / 10;
const epochs = 10;
/** The validation part then has 8. */
const leastRatings = 100;
/** Factors grow with the range, and beside their squares a ridge is lost in float64 from some 1e8 on. */
const mostRange = 1_000_000;

type Variant = Pick<RatingSettings, "width" | "regularisation">;

/** The predictors, and the settings that each is tried with. */
const predictors: readonly { readonly name: string; readonly variants: readonly Variant[] }[] = [
  {
    name: "biases",
    variants: [0.02, 0.05, 0.1].map((regularisation) => ({ width: 0, regularisation })),
  },
  {
    name: "factors",
    variants: [0.09, 0.12, 0.15].map((regularisation) => ({ width: 20, regularisation })),
  },
];

/** Errors of predicted ratings, in their unit. */
export interface RatingErrors {
  /** √(Σ(r̂ − r)²/n); its standard error is by users. */
  readonly rmse: number;
  readonly rmseStandardError: number;
  /** Σ|r̂ − r|/n. */
  readonly mae: number;
}

/** A line of the table. */
export interface RatedBy extends RatingErrors {
  readonly predictor: string;
  readonly settings?: Variant;
}

export interface RatingEvaluation {
  readonly training: number;
  readonly heldOut: number;
  readonly seed: number;
  /** The mean of all, biases of users and items, and factors beside them. */
  readonly rated: readonly RatedBy[];
}

/** The ratings in two parts, the first of this share; the same for the same seed. */
export function splitRatings(
  ratings: readonly UserRating[],
  share: number,
  seed: number,
): readonly [part: readonly UserRating[], rest: readonly UserRating[]] {
  const order = shuffle([...ratings], createRandom(seed).split("split"));
  const count = Math.round(share * order.length);
  return [order.slice(0, count), order.slice(count)];
}

export function measureRatings(
  { predict }: RatingPredictor,
  heldOut: readonly UserRating[],
): RatingErrors {
  const errors = heldOut.map(({ user, item, value }) => predict(user, item) - value);
  const squares = Float64Array.from(errors, (error) => error ** 2);
  const square = meanOf(squares);
  const rmse = Math.sqrt(square);
  const byUser = numberClusters(
    heldOut.length,
    heldOut.map(({ user }) => user),
  );
  // By the delta method: d√s = ds/(2√s).
  const spread = clusteredStandardError(squares, square, byUser);
  const rmseStandardError = rmse === 0 ? 0 : spread / (2 * rmse);
  return { rmse, rmseStandardError, mae: meanOf(Float64Array.from(errors, Math.abs)) };
}

/** @throws invalid_request if a part would have hardly a rating */
function checkEnough(ratings: readonly UserRating[]): void {
  if (ratings.length >= leastRatings) return;
  const message = `the data has ${ratings.length} ratings, and ${leastRatings} are needed to hold some out; name more data`;
  throw new EngineError("invalid_request", message, {
    details: { field: "data", value: ratings.length },
  });
}

/** @throws invalid_request if ratings lie too far apart to be fitted */
function checkRange(ratings: readonly UserRating[]): void {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of ratings) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (most - least <= mostRange) return;
  const message = `the data has ratings from ${least} to ${most}, and they may lie ${formatWhole(mostRange)} apart at most; scale 'value' down, or correct the outliers`;
  throw new EngineError("invalid_request", message, {
    details: { field: "data", value: most - least },
  });
}

/**
 * Errors on a held-out fifth of the ratings. Settings are the best of those tried on a tenth of the others; then all of these are
 * fitted.
 * @param options.onFit called before each fit
 * @throws invalid_request for fewer than 100 ratings, or ratings more than a million apart
 */
export async function evaluateRatings(
  { ratings, users, items }: Pick<RatingData, "ratings" | "users" | "items">,
  { seed, onFit }: { readonly seed: number; readonly onFit: (name: string) => void },
): Promise<RatingEvaluation> {
  checkEnough(ratings);
  checkRange(ratings);
  const sizes = { users: users.length, items: items.length };
  const [heldOut, training] = splitRatings(ratings, heldOutShare, seed);
  const [validation, rest] = splitRatings(training, validationShare, seed);
  const fitTo = (part: readonly UserRating[], name: string, variant: Variant) => {
    onFit(name);
    return fitRatings(part, sizes, { ...variant, epochs, seed });
  };
  const choose = async (name: string, variants: readonly Variant[]): Promise<Variant> => {
    const tried = [];
    for (const variant of variants)
      tried.push({ variant, ...measureRatings(await fitTo(rest, name, variant), validation) });
    return tried.reduce((best, one) => (one.rmse < best.rmse ? one : best)).variant;
  };
  const mean = meanRating(training);
  const rated: RatedBy[] = [
    { predictor: "mean", ...measureRatings({ predict: () => mean }, heldOut) },
  ];
  for (const { name, variants } of predictors) {
    const settings = await choose(name, variants);
    const errors = measureRatings(await fitTo(training, name, settings), heldOut);
    rated.push({ predictor: name, settings, ...errors });
  }
  return { training: training.length, heldOut: heldOut.length, seed, rated };
}
