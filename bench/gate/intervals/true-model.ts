import { judgeCandidate } from "../../../src/evaluation/gate.ts";
import type { GateLimits } from "../../../src/evaluation/gate-guards.ts";
import { examination } from "../../../src/lab/worlds/synthetic-truth.ts";
import { gateArrays } from "../../../src/mpo/gate-arrays.ts";
import { asJudged } from "../../../src/mpo/measure.ts";
import { createRowChallenger } from "../../../src/mpo/row-challenger.ts";
import { weightClip } from "../../../src/mpo/target-arrays.ts";
import type { LogPart } from "./fresh-log.ts";

interface Compared {
  readonly rows: LogPart["rows"];
  readonly candidateLogs: readonly Float64Array[];
  readonly limits: GateLimits;
}

/** log π of a setting's two challengers on a log. Of a slate the first row is read. */
function challengerLogs(parts: readonly LogPart[], setting: number): readonly Float64Array[] {
  const challenger = createRowChallenger();
  return parts.flatMap(({ rows, challengers, sampleShare }) => {
    let first: Float64Array = new Float64Array();
    return rows.map((scored) => {
      const { row, scores } = scored;
      if (row.position === 0) {
        challenger.read(scores);
        const logs = challenger.challenge(challengers[setting]!).slice();
        first = asJudged(scored, sampleShare)(logs);
      }
      return first.subarray(0, row.candidates.length);
    });
  });
}

/** Standard error of the doubly robust difference if the reward model is the truth, at every position. */
function errorOf({ rows, candidateLogs, limits }: Compared, appeals: readonly Float64Array[]) {
  const arrays = gateArrays({ rows, candidateLogs }, appeals);
  const scale = (values: Float64Array) =>
    values.map((value, index) => examination(rows[index]!.row.position) * value);
  const scaled = <Policy extends { readonly directValues: Float64Array }>(policy: Policy) => ({
    ...policy,
    directValues: scale(policy.directValues),
  });
  const { doublyRobust } = judgeCandidate({
    ...arrays,
    predictions: scale(arrays.predictions),
    serving: scaled(arrays.serving),
    candidate: scaled(arrays.candidate),
    checked: { ...arrays.checked, values: scale(arrays.checked.values) },
    predictedDifference: 0,
    weightClip,
    limits,
  });
  return doublyRobust?.standardError ?? Number.NaN;
}

/**
 * Of each challenger and the distilled candidate, the standard error with the true reward model in place of the critic.
 * @param appeals of the candidates of each row's slate, at the first position
 */
export function errorsWithTruth(
  parts: readonly LogPart[],
  appeals: readonly Float64Array[],
  limits: GateLimits,
): readonly number[] {
  const rows = parts.flatMap((part) => part.rows);
  const settings = parts[0]!.challengers.map((_, j) => challengerLogs(parts, j));
  return [...settings, parts.flatMap((part) => part.candidateLogs)].map((candidateLogs) =>
    errorOf({ rows, candidateLogs, limits }, appeals),
  );
}
