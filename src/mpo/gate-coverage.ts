import type { Coverage } from "../evaluation/gate-guards.ts";
import type { JudgedRow } from "./judged-row.ts";

/** An item counts as covered when it gets this share of what the uniform policy would give it. */
const coveredShare = 0.05;

type Positions = readonly Float64Array[];

/** Adds each candidate's probabilities at all positions, position by position: the order in which they are stored. */
function sumPositions(positions: Positions, into: Float64Array): void {
  into.fill(0);
  for (const row of positions) for (let a = 0; a < into.length; a++) into[a]! += row[a]!;
}

/** Share of the offered items that each policy shows at least now and then. */
export function createCoverage() {
  const shown = new Map<string, { serving: number; candidate: number; uniform: number }>();
  let [own, proposed] = [new Float64Array(), new Float64Array()];
  return {
    add({ candidates }: JudgedRow, serving: Positions, candidate: Positions): void {
      const { length: count } = candidates;
      if (own.length !== count)
        [own, proposed] = [new Float64Array(count), new Float64Array(count)];
      sumPositions(serving, own);
      sumPositions(candidate, proposed);
      const uniform = serving.length / count;
      for (let a = 0; a < count; a++) {
        const { itemId } = candidates[a]!;
        let entry = shown.get(itemId);
        if (entry === undefined) {
          entry = { serving: 0, candidate: 0, uniform: 0 };
          shown.set(itemId, entry);
        }
        entry.serving += own[a]!;
        entry.candidate += proposed[a]!;
        entry.uniform += uniform;
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
