import type { Arm } from "../domain/decision.ts";
import type { GateInput } from "../evaluation/gate.ts";
import type { Coverage } from "../evaluation/gate-guards.ts";
import type { SlateMarginals } from "../evaluation/slates/slate-marginals.ts";
import type { JudgedRow } from "./judged-row.ts";
import { createFilling, openSlate, readSlates } from "./judged-slates.ts";
import type { ScoredRow } from "./row-scores.ts";
import { emptyArrays, loggedArrays, weightClip, writeSlate } from "./target-arrays.ts";

/** Probability below which a candidate's choices count as unsupported by the log, in units of the uniform choice. */
const unsupportedShare = 1e-3;
/** An item counts as covered when it gets this share of what the uniform policy would give it. */
const coveredShare = 0.05;

/** Both policies on a slate, and the one of the two that made it. */
interface ComparedSlate {
  readonly row: JudgedRow;
  readonly serving: FilledSlate;
  readonly candidate: FilledSlate;
  readonly logging: FilledSlate;
}

interface FilledSlate extends Omit<SlateMarginals, "positions"> {
  readonly positions: readonly Float64Array[];
}

const readPositions = (marginals: SlateMarginals): FilledSlate => ({
  ...marginals,
  positions: marginals.positions(),
});

/** Mass of the candidate on places where the serving policy as good as never puts an item, summed over positions. */
function unsupportedMass({ serving, candidate }: ComparedSlate): number {
  let mass = 0;
  for (const [k, logged] of serving.positions.entries()) {
    for (let a = 0; a < logged.length; a++)
      if (logged[a]! * logged.length < unsupportedShare) mass += candidate.positions[k]![a]!;
  }
  return mass;
}

/** Share of the offered items that each policy shows at least now and then. */
function createCoverage() {
  const shown = new Map<string, { serving: number; candidate: number; uniform: number }>();
  return {
    add({ row, serving, candidate }: ComparedSlate): void {
      const { length } = serving.positions;
      for (const [a, { itemId }] of row.candidates.entries()) {
        const entry = shown.get(itemId) ?? { serving: 0, candidate: 0, uniform: 0 };
        if (entry.uniform === 0) shown.set(itemId, entry);
        for (let k = 0; k < length; k++) {
          entry.serving += serving.positions[k]![a]!;
          entry.candidate += candidate.positions[k]![a]!;
        }
        entry.uniform += length / row.candidates.length;
      }
    },
    shares(): Coverage {
      const items = [...shown.values()];
      const share = (policy: "serving" | "candidate") =>
        items.filter((item) => item[policy] >= coveredShare * item.uniform).length /
        Math.max(1, items.length);
      return { serving: share("serving"), candidate: share("candidate") };
    },
  };
}

/**
 * Σ_a min(π, c·p) and Σ_a min(π, c·p)·Q of a position. Of a foreign row only the choice's p is known, and the clipped weight
 * stands for the sums, whose expectation it has: E_p min(π/p, c)·x = Σ_a min(π, c·p)·x.
 */
function checkPosition(
  { row, candidate, logging }: ComparedSlate,
  { position, item }: { readonly position: number; readonly item: number },
  values: Float64Array,
): readonly [mass: number, value: number] {
  if (row.isForeign) {
    const weight = Math.min(weightClip, candidate.logged[position]! / row.propensity);
    return [weight, weight * values[item]!];
  }
  const [proposed, made] = [candidate.positions[position]!, logging.positions[position]!];
  let [mass, value] = [0, 0];
  for (let a = 0; a < proposed.length; a++) {
    const within = Math.min(proposed[a]!, weightClip * made[a]!);
    mass += within;
    value += within * values[a]!;
  }
  return [mass, value];
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
  const checked = { mass: new Float64Array(rows.length), values: new Float64Array(rows.length) };
  const coverage = createCoverage();
  const [fillServing, fillCandidate] = [createFilling(), createFilling()];
  let unsupported = 0;
  for (const slate of readSlates(rows)) {
    const { start, items } = slate;
    const { row, scores } = rows[start]!;
    const opened = openSlate(row, slate);
    const pair = {
      serving: readPositions(fillServing(opened, scores.logPolicy, values[start]!)),
      candidate: readPositions(fillCandidate(opened, candidateLogs[start]!, values[start]!)),
    };
    const made = row.arm === candidateArm ? pair.candidate : pair.serving;
    const compared = { row, ...pair, logging: made };
    writeSlate(serving!, slate, pair.serving);
    writeSlate(candidate!, slate, pair.candidate);
    writeSlate(logging!, slate, made);
    for (const [position, item] of items.entries()) {
      const place = { position, item };
      const [mass, value] = checkPosition(compared, place, values[start]!);
      checked.mass[start + position] = mass;
      checked.values[start + position] = value;
    }
    unsupported += unsupportedMass(compared) / rows.length;
    coverage.add(compared);
  }
  return {
    ...loggedArrays(rows, logging!, values),
    ...{ serving: serving!, candidate: candidate!, checked },
    ...{ unsupportedMass: unsupported, coverage: coverage.shares() },
  };
}
