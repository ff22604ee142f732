import { examination } from "../../../src/lab/worlds/synthetic-truth.ts";
import type { JudgedRow } from "../../../src/mpo/judged-row.ts";
import type { JudgedPart } from "../../../src/mpo/measure.ts";
import type { ScoredRow } from "../../../src/mpo/row-scores.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { sampleSlate } from "../../../src/policy/slate.ts";
import type { HalfCandidates } from "./candidates.ts";
import type { TrueState } from "./true-values.ts";

/** A half of a log, with the candidates that are judged on it. */
export interface LogPart extends JudgedPart {
  /** log π of the distilled candidate. */
  readonly candidateLogs: readonly Float64Array[];
}

/** Arrays of the candidates that are left: of a slate judges read the first row alone. */
function shorten({ scores }: ScoredRow, length: number): ScoredRow["scores"] {
  const first = (values: Float64Array) => values.subarray(0, length);
  return {
    logPolicy: first(scores.logPolicy),
    discriminator: first(scores.discriminator),
    rewardHeads: scores.rewardHeads.map(first),
  };
}

/** The rows of one visit: a slate of the serving policy, and the user's clicks. */
function visit(
  scored: ScoredRow,
  { appeals, exploration }: TrueState,
  { slateSize, random }: { readonly slateSize: number; readonly random: RandomStream },
): ScoredRow<JudgedRow>[] {
  const { row, scores } = scored;
  const logits = scores.logPolicy;
  const slate = sampleSlate({ logits, slateSize, exploration, random });
  return slate.order.map((item, position) => {
    const above = slate.order.slice(0, position).filter((one) => one < item).length;
    const length = row.candidates.length - position;
    const isClicked = random.uniform() < examination(position) * appeals[item]!;
    return {
      row: {
        ...row,
        candidates: row.candidates.slice(position),
        action: item - above,
        position,
        reward: isClicked ? 1 : 0,
        propensity: slate.positionPropensities[position]!,
      },
      scores: shorten(scored, length),
    };
  });
}

/**
 * A log of the serving policy on which the same candidates are judged again: visits of users drawn uniformly, halved by user anew.
 * @param states true states of the users, in the order of the scored rows
 */
export function drawLog(
  halves: readonly HalfCandidates[],
  states: readonly TrueState[],
  options: {
    readonly visits: number;
    readonly slateSize: number;
    readonly random: RandomStream;
  },
): readonly LogPart[] {
  const { visits, random } = options;
  const folds = states.map(() => random.integer(halves.length));
  const turns = Array.from({ length: visits }, () => random.integer(states.length));
  return halves.map(({ scored, challengers, sampleShare, candidateLogs }, half) => {
    const users = turns.filter((user) => folds[user] === half);
    const rows = users.flatMap((user) => visit(scored[user]!, states[user]!, options));
    const logs = rows.map(({ row }) => candidateLogs[row.user]!.subarray(0, row.candidates.length));
    return { rows, challengers, sampleShare, candidateLogs: logs };
  });
}
