import type { ExportedDecision } from "../../exchange/tables/exported-decision.ts";

/**
 * One logged choice with its reward. A slate is a row for each position, given the positions
 * before.
 */
export interface LogRow {
  /** The line of the file, 1 being the first; in Parquet the row. */
  readonly line: number;
  /** 0-based place in the slate. */
  readonly position: number;
  /** The chosen item. */
  readonly action: string;
  /** The items to choose from, the action included. Absent if that is any action of the log. */
  readonly candidates?: readonly string[];
  /** Reward units. */
  readonly reward: number;
  /** p in (0, 1] of the action, recorded when deciding. */
  readonly propensity: number;
  /** p of every candidate, in their order, if the log holds them; they add up to 1. */
  readonly propensities?: readonly number[];
  /** Rows of one user are one cluster; without it a row stands alone. */
  readonly user?: string;
  /** Added to the log-odds of the candidates by the items above, whatever the policy; absent without diversity. */
  readonly tilt?: Float64Array;
  /** Of our own export: the input that a snapshot needs to choose again. */
  readonly decision?: ExportedDecision;
}

/** A row that can't be used: the field, its value, the remedy. */
export interface MalformedRow {
  readonly line: number;
  readonly problem: string;
}

/** A log on disk. Each call of `read` reads it from the start, row by row. */
export interface DecisionLog {
  readonly file: string;
  /** Name of the format, for people. */
  readonly format: string;
  /** Every action that could be chosen, if a file beside the log lists them. */
  readonly actions?: readonly string[];
  /** Rows that the last reading left out, with the reason, for people. */
  readonly leftOut?: { readonly rows: number; readonly reason: string };
  /** @throws invalid_file while iterating, if the file can't be read to its end */
  read(): AsyncIterable<LogRow | MalformedRow>;
}
