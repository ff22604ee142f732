import { EngineError } from "../domain/errors.ts";
import type { TimeRange } from "../exchange/tables/table.ts";

/** An empty range would pass an audit with any record, and export nothing. @throws invalid_request */
export function checkRange({ from = 0, to = Number.POSITIVE_INFINITY }: TimeRange): void {
  if (from < to) return;
  const [start, end] = [from, to].map((time) => new Date(time).toISOString());
  throw new EngineError(
    "invalid_request",
    `--from must be before --to, got ${start} and ${end}; swap them`,
    { details: { field: "from", value: start, to: end } },
  );
}
