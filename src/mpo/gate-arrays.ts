import { numberClusters } from "../evaluation/clusters.ts";
import type { GateInput } from "../evaluation/gate.ts";
import { type RowWeights, weighStrata } from "../evaluation/strata.ts";
import { createCoverage } from "./gate-coverage.ts";
import type { JudgedRow } from "./judged-row.ts";
import {
  createFilling,
  createUniformFilling,
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

/** The candidate on a slate, the serving policy, and the policy that made it. */
interface ComparedSlate {
  readonly row: JudgedRow;
  readonly items: readonly number[];
  /** p of each position, as it is weighed. */
  readonly propensities: Float64Array;
  readonly candidate: ReadSlate;
  readonly serving: ReadSlate;
  readonly logging: ReadSlate;
  readonly uniform: Pick<FilledSlate, "logged">;
}

/** Sums over the candidates of a position, with L = max(c·p, π₀). */
interface CheckedPosition {
  /** Σ min(π, L). */
  readonly mass: number;
  /** Σ min(π, L)·Q. */
  readonly value: number;
  /** Σ (min(π, L) − π₀)²/p. */
  readonly differenceSpread: number;
  /** Σ π₀²/p. */
  readonly servingSpread: number;
}

/** Of a foreign row only the choice's p is known, and its weights stand for the sums, whose expectation they have: E_p (π/p)·x = Σ_a π·x. */
function checkChoice(
  { items, propensities, candidate, serving }: ComparedSlate,
  position: number,
  values: Float64Array,
): CheckedPosition {
  const [proposed, own] = [candidate, serving].map(
    ({ logged }) => logged[position]! / propensities[position]!,
  );
  const mass = Math.min(proposed!, Math.max(weightClip, own!));
  const value = mass * values[items[position]!]!;
  return { mass, value, differenceSpread: (mass - own!) ** 2, servingSpread: own! ** 2 };
}

/** Probability that caps have ended the slate above a position: nothing is put there that could not be checked. */
const endedShare = (probabilities: Float64Array): number =>
  Math.max(0, 1 - probabilities.reduce((sum, one) => sum + one, 0));

/**
 * Weights of the whole prefix have π = w_{<k}·π(a | above) and π₀ = w₀_{<k}·π₀(a | above) against p(a | above): the expectation over
 * prefixes of the sums is that of the weights.
 */
function checkPosition(
  compared: ComparedSlate,
  position: number,
  values: Float64Array,
): CheckedPosition {
  const { row, propensities, candidate, serving, logging } = compared;
  if (row.isForeign) return checkChoice(compared, position, values);
  const isPrefix = row.isCascade === true && position > 0;
  const [proposed, own, made] = [candidate, serving, logging].map(
    ({ conditionals, table }) => (conditionals ?? table)[position]!,
  );
  const [before, ownBefore] = [candidate, serving].map(({ logged }) =>
    isPrefix ? logged[position - 1]! / propensities[position - 1]! : 1,
  );
  let [value, differenceSpread, servingSpread] = [0, 0, 0];
  let mass = row.caps && !isPrefix ? endedShare(proposed!) : 0;
  for (let a = 0; a < values.length; a++) {
    const p = made![a]!;
    const kept = ownBefore! * own![a]!;
    const within = Math.min(before! * proposed![a]!, Math.max(weightClip * p, kept));
    mass += within;
    value += within * values[a]!;
    // Items above have no part in any of them.
    if (p === 0) continue;
    differenceSpread += (within - kept) ** 2 / p;
    servingSpread += kept ** 2 / p;
  }
  return { mass, value, differenceSpread, servingSpread };
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
  const positions = Int32Array.from(rows, ({ row }) => row.shownAt ?? row.position);
  const checked = { mass: zeros(), values: zeros(), uniformWeights: zeros(), positions };
  const spreads = { differenceSpread: zeros(), servingSpread: zeros() };
  const above = { values: zeros(), moves: zeros() };
  return {
    checked,
    above,
    spreads,
    writeChecked(start: number, compared: ComparedSlate, values: Float64Array) {
      const { row, items, propensities, serving, uniform } = compared;
      for (const position of items.keys()) {
        const { mass, value, ...spread } = checkPosition(compared, position, values);
        const place = { propensities, position };
        checked.mass[start + position] = mass;
        checked.uniformWeights[start + position] =
          uniform.logged[position]! / propensities[position]!;
        checked.values[start + position] =
          value - (row.isForeign ? 0 : chanceOfPrefix(serving, place, values));
        spreads.differenceSpread[start + position] = spread.differenceSpread;
        spreads.servingSpread[start + position] = spread.servingSpread;
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

/** Rows by the policy that made them: those of one version, and apart from them its fast loop's. */
const numberStrata = (rows: readonly ScoredRow<JudgedRow>[]): Int32Array =>
  numberClusters(
    rows.length,
    rows.map(({ row }) => `${row.policyVersion ?? row.arm}/${row.isForeign === true}`),
  ).index;

/**
 * All that the gate reads of both policies, in one pass over the slates.
 * @param options.rows checked (`checkRows`)
 * @param values Q of the candidates of each row's slate
 */
export function gateArrays(
  options: {
    readonly rows: readonly ScoredRow<JudgedRow>[];
    readonly candidateLogs: readonly Float64Array[];
  },
  values: readonly Float64Array[],
): Omit<GateInput, "predictedDifference" | "weightClip"> & { readonly rowWeights: RowWeights } {
  const { rows, candidateLogs } = options;
  const [serving, candidate, logging] = [rows, rows, rows].map(({ length }) => emptyArrays(length));
  const columns = createColumns(rows);
  const coverage = createCoverage();
  const fillUniform = createUniformFilling();
  const fillings = { own: createFilling(), proposed: createFilling(), made: createFilling() };
  for (const slate of readSlates(rows)) {
    const { start, items } = slate;
    const { row, scores } = rows[start]!;
    const [opened, q] = [openSlate(row, slate), values[start]!];
    const own = readSlate(fillings.own(opened, scores.logPolicy, q));
    const proposed = readSlate(fillings.proposed(opened, candidateLogs[start]!, q));
    const made = row.loggingLogs ? readSlate(fillings.made(opened, row.loggingLogs, q)) : own;
    writeSlate(serving!, slate, own);
    writeSlate(candidate!, slate, proposed);
    writeSlate(logging!, slate, made);
    const propensities = propensitiesOf(rows, slate, made.logged);
    const uniform = fillUniform(opened, q);
    const policies = { candidate: proposed, serving: own, logging: made, uniform };
    const compared = { row, items, propensities, ...policies };
    columns.writeChecked(start, compared, q);
    const moves = movesOf(scores.logPolicy, candidateLogs[start]!);
    columns.writeAbove(opened, made, { values: q, moves });
    coverage.add(row, own.table, proposed.table);
  }
  const { checked, above, spreads } = columns;
  return {
    ...loggedArrays(rows, logging!, values),
    serving: serving!,
    candidate: candidate!,
    checked,
    above,
    rowWeights: weighStrata({ index: numberStrata(rows), ...spreads }),
    coverage: coverage.shares(),
  };
}
