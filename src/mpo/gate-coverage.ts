import type { Coverage } from "../evaluation/gate-guards.ts";
import type { JudgedRow } from "./judged-row.ts";

/** An item counts as covered when it gets this share of what the uniform policy would give it. */
const coveredShare = 0.05;

type Positions = readonly Float64Array[];

/** Share of the offered items that each policy shows at least now and then. */
export function createCoverage() {
  const shown = new Map<string, { serving: number; candidate: number; uniform: number }>();
  return {
    add({ candidates }: JudgedRow, serving: Positions, candidate: Positions): void {
      const { length } = serving;
      for (const [a, { itemId }] of candidates.entries()) {
        const entry = shown.get(itemId) ?? { serving: 0, candidate: 0, uniform: 0 };
        if (entry.uniform === 0) shown.set(itemId, entry);
        for (let k = 0; k < length; k++) {
          entry.serving += serving[k]![a]!;
          entry.candidate += candidate[k]![a]!;
        }
        entry.uniform += length / candidates.length;
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
