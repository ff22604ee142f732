import { EngineError } from "../../../domain/errors.ts";
import { checkInteger, type OptionRange, seedRange } from "../check-options.ts";

/**
 * How tastes move between cycles. `slow`: they turn by a fixed angle a cycle. `abrupt`: replaced half-way; `twice`: at a third and
 * two thirds. `churn`: a share of the items is replaced each cycle.
 */
export const driftKinds = ["none", "slow", "abrupt", "twice", "churn"] as const;
export type DriftKind = (typeof driftKinds)[number];

export interface BanditWorldOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Items on offer at a time, 10–1,000, default 200. */
  readonly items?: number;
  /** 20–100,000, default 500. */
  readonly users?: number;
  /** Items offered a visit, 2 to all, default 30. */
  readonly candidates?: number;
  /** Mean click probability of a uniform choice, 0.005–0.5, default 0.05. */
  readonly clickRate?: number;
  /** m in [0, 2]: a feature is its latent coordinate with noise of m/2 standard deviations on top. Default 1. */
  readonly misspecification?: number;
  /** Standard deviation of the logging policy's logits, 0–10: about 1 logs broadly, 3 narrowly. Default 1. */
  readonly loggingSharpness?: number;
  /**
   * Correlation of the logging policy's pushes with the items' quality, 0–1, default 0. Above 0 it
   * knows more than the features.
   */
  readonly loggingKnowledge?: number;
  /** Standard deviation of the items' quality, 0.01–3 logits, default 0.5. */
  readonly qualityDeviation?: number;
  readonly drift?: DriftKind;
  /** Length of the run, 1–1,000 cycles, default 12: `abrupt`, `twice` and `churn` depend on it. */
  readonly cycles?: number;
}

function checkNumber(field: string, value: number, { minimum, maximum }: OptionRange): void {
  if (value >= minimum && value <= maximum) return;
  throw new EngineError(
    "invalid_configuration",
    `${field} must be a number from ${minimum} to ${maximum}, got ${value}; correct the world's option '${field}'`,
    { details: { field, value, minimum, maximum } },
  );
}

function checkDrift(drift: string): void {
  if (driftKinds.some((kind) => kind === drift)) return;
  throw new EngineError(
    "invalid_configuration",
    `drift must be one of ${driftKinds.join(", ")}, got '${drift}'; correct the world's option 'drift'`,
    { details: { field: "drift", value: drift } },
  );
}

/** @throws EngineError `invalid_configuration` */
export function completeBanditOptions(given: BanditWorldOptions): Required<BanditWorldOptions> {
  const options = {
    items: 200,
    users: 500,
    candidates: 30,
    clickRate: 0.05,
    misspecification: 1,
    loggingSharpness: 1,
    loggingKnowledge: 0,
    qualityDeviation: 0.5,
    drift: "none" as const,
    cycles: 12,
    ...given,
  };
  checkInteger("seed", options.seed, seedRange);
  checkInteger("items", options.items, { minimum: 10, maximum: 1000 });
  checkInteger("users", options.users, { minimum: 20, maximum: 100_000 });
  checkInteger("candidates", options.candidates, { minimum: 2, maximum: options.items });
  checkNumber("clickRate", options.clickRate, { minimum: 0.005, maximum: 0.5 });
  checkNumber("misspecification", options.misspecification, { minimum: 0, maximum: 2 });
  checkNumber("loggingSharpness", options.loggingSharpness, { minimum: 0, maximum: 10 });
  checkNumber("loggingKnowledge", options.loggingKnowledge, { minimum: 0, maximum: 1 });
  checkNumber("qualityDeviation", options.qualityDeviation, { minimum: 0.01, maximum: 3 });
  checkInteger("cycles", options.cycles, { minimum: 1, maximum: 1000 });
  checkDrift(options.drift);
  return options;
}
