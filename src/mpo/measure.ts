import type { ComparedPolicy } from "../evaluation/feedback-pair.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { checkRows } from "./check-rows.ts";
import type { JudgedRow } from "./judged-row.ts";
import { createFilling, openSlate, readSlates, slateValues } from "./judged-slates.ts";
import type { Challenger } from "./mixture.ts";
import { createRowChallenger } from "./row-challenger.ts";
import type { ScoredRow } from "./row-scores.ts";
import { emptyArrays, targetArrays, writeSlate } from "./target-arrays.ts";
import { limitToTrustRegion } from "./trust-region.ts";

/** Rows with the challengers that are judged on them: scored by a critic that was trained on none of the rows. */
export interface JudgedPart<Row extends JudgedRow = JudgedRow> {
  readonly rows: readonly ScoredRow<Row>[];
  readonly challengers: readonly Challenger[];
  /** ESS/n of each state that a challenger is judged up to, that of the longest step; absent if nothing bounds steps. */
  readonly sampleShare?: number | undefined;
}

/** A part as every judgement reads it: measured once, judged alone and with others. */
export interface MeasuredPart {
  readonly rows: readonly ScoredRow<JudgedRow>[];
  /** Control variate of the candidates of each row's slate. */
  readonly values: readonly Float64Array[];
  readonly serving: ComparedPolicy;
  /** The policies that made the rows. */
  readonly logging: ComparedPolicy;
  readonly challengers: readonly (ComparedPolicy &
    Challenger & {
      /** KL(π_φ ‖ π_θ) at position 0 of each row's slate, nats. */
      readonly divergences: Float64Array;
    })[];
}

/** log π of a state's challengers as far as a step may follow them: beyond that the reward model alone would vouch for them (docs/decisions/0121). */
export function asJudged(
  scored: ScoredRow<JudgedRow>,
  sampleShare: JudgedPart["sampleShare"],
): (logs: Float64Array) => Float64Array {
  if (sampleShare === undefined) return (logs) => logs;
  const limit = limitToTrustRegion(scored);
  return (logs) => limit(logs.map(Math.exp), sampleShare);
}

/**
 * Reads each challenger once on the slates of a part: at position 0, which has all candidates.
 * @throws RangeError if a row lacks anything
 */
export function measurePart(part: JudgedPart): MeasuredPart {
  const { rows } = part;
  checkRows(rows);
  const values = slateValues(rows);
  const servingLogs = rows.map(({ scores }) => scores.logPolicy);
  const serving = targetArrays(rows, servingLogs, values);
  const loggingLogs = rows.map(({ row }, index) => row.loggingLogs ?? servingLogs[index]!);
  const isOwn = rows.every(({ row }) => row.loggingLogs === undefined);
  return {
    rows,
    values,
    serving,
    logging: isOwn ? serving : targetArrays(rows, loggingLogs, values),
    challengers: measureChallengers(part, values),
  };
}

function measureChallengers(
  { rows, challengers, sampleShare }: JudgedPart,
  values: readonly Float64Array[],
): MeasuredPart["challengers"] {
  const measured = challengers.map((one) => ({
    ...one,
    ...emptyArrays(rows.length),
    divergences: new Float64Array(rows.length),
  }));
  const challenger = createRowChallenger();
  const fill = createFilling();
  for (const slate of readSlates(rows)) {
    const { start, items } = slate;
    const scored = rows[start]!;
    const { row, scores } = scored;
    const opened = openSlate(row, slate);
    challenger.read(scores);
    const limit = asJudged(scored, sampleShare);
    for (const [j, one] of challengers.entries()) {
      const into = measured[j]!;
      const logs = challenger.challenge(one);
      writeSlate(into, slate, fill(opened, limit(logs), values[start]!));
      into.divergences.fill(klDivergence(logs, scores.logPolicy), start, start + items.length);
    }
  }
  return measured;
}
