import { EngineError } from "../../domain/errors.ts";
import { checkInteger, seedRange } from "./check-options.ts";

export interface SyntheticWorldOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** 20–10,000, default 200. */
  readonly items?: number;
  /** 1–100,000, default 300. */
  readonly users?: number;
  /** 1–5, default 1. */
  readonly slateSize?: number;
  /** `abrupt`: tastes and qualities are replaced from visit number turns / 2 on. Default `none`. */
  readonly drift?: "none" | "abrupt";
  /** Length of the run in visits, at least 2. Needed for `abrupt`, and for nothing else. */
  readonly turns?: number;
}

/** Candidates of a visit. */
export const candidateCount = 20;

/** @throws EngineError `invalid_configuration` */
export function completeSyntheticOptions(
  given: SyntheticWorldOptions,
): Required<SyntheticWorldOptions> {
  const options = {
    items: 200,
    users: 300,
    slateSize: 1,
    drift: "none" as const,
    turns: 0,
    ...given,
  };
  checkInteger("seed", options.seed, seedRange);
  checkInteger("items", options.items, { minimum: candidateCount, maximum: 10_000 });
  checkInteger("users", options.users, { minimum: 1, maximum: 100_000 });
  checkInteger("slateSize", options.slateSize, { minimum: 1, maximum: 5 });
  if (options.drift === "abrupt") {
    checkInteger("turns", options.turns, { minimum: 2, maximum: Number.MAX_SAFE_INTEGER });
  } else if (options.drift !== "none") {
    throw new EngineError(
      "invalid_configuration",
      `drift must be 'none' or 'abrupt', got '${options.drift}'; correct the world's option 'drift'`,
      { details: { field: "drift", value: options.drift } },
    );
  }
  return options;
}
