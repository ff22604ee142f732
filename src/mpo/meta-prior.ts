import { EngineError } from "../domain/errors.ts";
import { settingFeatureCount } from "./meta-features.ts";
import type { MetaPrior } from "./meta-posterior.ts";
import shipped from "./meta-prior.json" with { type: "json" };

/** A fitted prior as data: the output of `recurve meta-train`. */
export interface PriorFile extends MetaPrior {
  /** Of the form, and of the features' meanings. */
  readonly version: 1;
  /** Worlds that it was fitted to, the seed of the first, and cycles of each. */
  readonly worlds: number;
  readonly seed: number;
  readonly cycles: number;
}

const digits = 4;
const round = (value: number) => Number(value.toPrecision(digits));

export const encodePrior = (
  { mean, variance, misfit }: MetaPrior,
  origin: Pick<PriorFile, "worlds" | "seed" | "cycles">,
): PriorFile => ({
  version: 1,
  ...origin,
  misfit: round(misfit),
  mean: mean.map(round),
  variance: variance.map(round),
});

/** @throws invalid_configuration if it is of another build, or not a prior */
export function decodePrior(file: unknown): MetaPrior {
  const { version, mean = [], variance = [], misfit = 0 } = file as Partial<PriorFile>;
  const isPositive = (value: number) => Number.isFinite(value) && value > 0;
  const isPrior =
    version === 1 &&
    [mean, variance].every(({ length }) => length === settingFeatureCount) &&
    mean.every(Number.isFinite) &&
    variance.every(isPositive) &&
    isPositive(misfit);
  if (isPrior) return { mean, variance, misfit };
  throw new EngineError(
    "invalid_configuration",
    `a prior of version 1 with ${settingFeatureCount} means and positive variances was expected, got version ${version} with ${mean.length} and ${variance.length}; fit it anew with recurve meta-train`,
    { details: { version, means: mean.length, variances: variance.length } },
  );
}

/** The prior of a new installation. */
export const shippedPrior: MetaPrior = decodePrior(shipped);
