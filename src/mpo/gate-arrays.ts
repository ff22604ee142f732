import type { Arm } from "../domain/decision.ts";
import type { GateInput } from "../evaluation/gate.ts";
import { createCoverage } from "./gate-coverage.ts";
import type { JudgedRow } from "./judged-row.ts";
import {
  createFilling,
  type FilledSlate,
  type OpenedSlate,
  openSlate,
  readSlates,
} from "./judged-slates.ts";
import type { ScoredRow } from "./row-scores.ts";
import {
  emptyArrays,
  loggedArrays,
  propensitiesOf,
  weightClip,
  writeSlate,
} from "./target-arrays.ts";

/** A policy's slate with all probabilities of each position. */
interface ReadSlate extends FilledSlate {
  /** Marginals. */
  readonly table: readonly Float64Array[];
}

const readSlate = (filled: FilledSlate): ReadSlate => ({ ...filled, table: filled.positions() });

/** The candidate on a slate, and the policy that made it. */
interface ComparedSlate {
  readonly row: JudgedRow;
  readonly items: readonly number[];
  /** p of each position, as it is weighed. */
  readonly propensities: Float64Array;
  readonly candidate: ReadSlate;
  readonly logging: ReadSlate;
}

/**
 * Σ_a min(π, c·p) and Σ_a min(π, c·p)·Q of a position. Of a foreign row only the choice's p is known, and the clipped weight
 * stands for the sums, whose expectation it has: E_p min(π/p, c)·x = Σ_a min(π, c·p)·x. Weights of the whole prefix have
 * Σ_a min(w_{<k}·π(a | above), c·p(a | above)) instead, whose expectation over prefixes is that of their clipped weight.
 */
function checkPosition(
  { row, items, propensities, candidate, logging }: ComparedSlate,
  position: number,
  values: Float64Array,
): readonly [mass: number, value: number] {
  if (row.isForeign) {
    const weight = Math.min(weightClip, candidate.logged[position]! / propensities[position]!);
    return [weight, weight * values[items[position]!]!];
  }
  const isPrefix = row.isCascade === true && position > 0;
  const before = isPrefix ? candidate.logged[position - 1]! / propensities[position - 1]! : 1;
  const [proposed, made] = [candidate, logging].map(
    ({ conditionals, table }) => (conditionals ?? table)[position]!,
  );
  let [mass, value] = [0, 0];
  for (let a = 0; a < values.length; a++) {
    const within = Math.min(before * proposed![a]!, weightClip * made![a]!);
    mass += within;
    value += within * values[a]!;
  }
  return [mass, value];
}

/**
 * Q of what the serving policy puts below the items that happen to stand above, less its mean over all: 0 on average, and common
 * to both policies, so that a candidate that equals the serving policy has no difference.
 */
function chanceOfPrefix(
  { conditionals, logged, direct }: ReadSlate,
  { propensities, position }: { readonly propensities: Float64Array; readonly position: number },
  values: Float64Array,
): number {
  if (conditionals === undefined) return 0;
  const before = position === 0 ? 1 : logged[position - 1]! / propensities[position - 1]!;
  const conditional = conditionals[position]!;
  let value = 0;
  for (let a = 0; a < values.length; a++) value += conditional[a]! * values[a]!;
  return before * value - direct[position]!;
}

/** Largest |log π/π₀| that counts: one item must not outweigh all others. */
const largestMove = 3;

const movesOf = (serving: Float64Array, candidate: Float64Array): Float64Array =>
  candidate.map((log, a) => Math.max(-largestMove, Math.min(largestMove, log - serving[a]!)));

/** What the gate reads besides both policies' arrays, written slate by slate. */
function createColumns(rows: readonly ScoredRow<JudgedRow>[]) {
  const zeros = () => new Float64Array(rows.length);
  const positions = Int32Array.from(rows, ({ row }) => row.position);
  const checked = { mass: zeros(), values: zeros(), positions };
  const above = { values: zeros(), moves: zeros() };
  return {
    checked,
    above,
    /** @param serving the serving policy's slate */
    writeChecked(start: number, compared: ComparedSlate, serving: ReadSlate, values: Float64Array) {
      const { row, items, propensities } = compared;
      for (const position of items.keys()) {
        const [mass, value] = checkPosition(compared, position, values);
        const place = { propensities, position };
        checked.mass[start + position] = mass;
        checked.values[start + position] =
          value - (row.isForeign ? 0 : chanceOfPrefix(serving, place, values));
      }
    },
    /** Of slates whose rewards are said to be by position, and whose policy is known. */
    writeAbove({ start, row, draws }: OpenedSlate, made: FilledSlate, of: ItemFeatures) {
      if (draws === undefined || row.isCascade || row.isForeign) return;
      const [values, moves] = made.above([of.values, of.moves]);
      above.values.set(values!, start);
      above.moves.set(moves!, start);
    },
  };
}

interface ItemFeatures {
  readonly values: Float64Array;
  readonly moves: Float64Array;
}

/**
 * All that the gate reads of both policies, in one pass over the slates.
 * @param options.rows checked (`checkRows`)
 * @param options.candidateArm the arm that the candidate has served in; the serving policy made the other slates
 * @param values Q of the candidates of each row's slate
 */
export function gateArrays(
  options: {
    readonly rows: readonly ScoredRow<JudgedRow>[];
    readonly candidateLogs: readonly Float64Array[];
    readonly candidateArm?: Arm;
  },
  values: readonly Float64Array[],
): Omit<GateInput, "predictedDifference" | "weightClip"> {
  const { rows, candidateLogs, candidateArm } = options;
  const [serving, candidate, logging] = [rows, rows, rows].map(({ length }) => emptyArrays(length));
  const columns = createColumns(rows);
  const coverage = createCoverage();
  const [fillServing, fillCandidate] = [createFilling(), createFilling()];
  for (const slate of readSlates(rows)) {
    const { start, items } = slate;
    const { row, scores } = rows[start]!;
    const [opened, q] = [openSlate(row, slate), values[start]!];
    const own = readSlate(fillServing(opened, scores.logPolicy, q));
    const proposed = readSlate(fillCandidate(opened, candidateLogs[start]!, q));
    const made = row.arm === candidateArm ? proposed : own;
    writeSlate(serving!, slate, own);
    writeSlate(candidate!, slate, proposed);
    writeSlate(logging!, slate, made);
    const propensities = propensitiesOf(rows, slate, made.logged);
    const compared = { row, items, propensities, candidate: proposed, logging: made };
    columns.writeChecked(start, compared, own, q);
    const moves = movesOf(scores.logPolicy, candidateLogs[start]!);
    columns.writeAbove(opened, made, { values: q, moves });
    coverage.add(row, own.table, proposed.table);
  }
  const { checked, above } = columns;
  return {
    ...loggedArrays(rows, logging!, values),
    ...{ serving: serving!, candidate: candidate!, checked, above },
    coverage: coverage.shares(),
  };
}
