import type { ExportedDecision } from "../../exchange/exported-decision.ts";

/** One logged choice with what it earned. A slate is a row for each position, given the positions before. */
export interface LogRow {
  /** The line of the file, 1 being the first; in Parquet the row. */
  readonly line: number;
  /** 0-based place in the slate. */
  readonly position: number;
  /** What was chosen. */
  readonly action: string;
  /** What could have been chosen, the action included. Absent where any action of the log could. */
  readonly candidates?: readonly string[];
  /** Reward units. */
  readonly reward: number;
  /** p in (0, 1] of the action, recorded when deciding. */
  readonly propensity: number;
  /** p of every candidate, in their order, where the log holds them; they add up to 1. */
  readonly propensities?: readonly number[];
  /** Rows of one user are one cluster; without it a row stands alone. */
  readonly user?: string;
  /** Of our own export: what a snapshot needs to choose again. */
  readonly decision?: ExportedDecision;
}

/** A row that can't be used: which field, what it holds, what to do. */
export interface MalformedRow {
  readonly line: number;
  readonly problem: string;
}

/** A log on disk. Each call of `read` reads it from the start, row by row. */
export interface DecisionLog {
  readonly file: string;
  /** Name of the format, for people. */
  readonly format: string;
  /** Every action that could be chosen, where a file beside the log lists them. */
  readonly actions?: readonly string[];
  /** Rows that the last reading left out, and why, for people. */
  readonly leftOut?: { readonly rows: number; readonly reason: string };
  /** @throws invalid_file while iterating, where the file can't be read to its end */
  read(): AsyncIterable<LogRow | MalformedRow>;
}
