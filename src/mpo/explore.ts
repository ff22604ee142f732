import type { GateRecord } from "../domain/gate-record.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import type { Improvement } from "./improve.ts";

/**
 * ε at which the uniform choice costs no more than the budget: b·|V| / (V − V_uniform), within its bound. A policy that is not much
 * better than chance, as after a change of preferences, has little to lose and much to learn.
 * @param value V of the serving policy, reward units
 * @param uniformDifference V_uniform − V, reward units
 */
export function chooseExploration(
  value: number,
  uniformDifference: number,
  { budget, most }: MpoConfiguration["exploration"] = defaultMpo.exploration,
): number {
  const cost = -uniformDifference;
  if (!(cost > 0)) return most;
  return Math.min(most, (budget * Math.abs(value)) / cost);
}

/**
 * ε until the next cycle. The budget is in reward units, so that the range's lower end does not
 * count as reward. A cycle without judging feedback knows no more than the previous one. The
 * judgement is about one deviating decision; with a discount, deviation at all of them costs 1/(1 −
 * γ) times as much (Kakade & Langford 2002, the performance difference).
 */
export function explore(
  { judgement, rows, gate }: Pick<Improvement, "judgement" | "rows" | "gate">,
  scenario: {
    /** The candidate serves from now on. */
    readonly takesOver: boolean;
    readonly floor: number;
    /** Draws of a fast loop do, and so does a renewed popularity: nothing is added to the floor. */
    readonly exploresItself?: boolean;
    /** ε of now. */
    readonly before: number;
    /** Of a reward; default [0, 1]. */
    readonly range?: { readonly minimum: number; readonly maximum: number };
    /** γ, default 0. */
    readonly discount?: number;
  },
  settings: MpoConfiguration["exploration"] = defaultMpo.exploration,
): number {
  const {
    floor,
    before,
    discount = 0,
    range: { minimum, maximum } = { minimum: 0, maximum: 1 },
  } = scenario;
  if (scenario.exploresItself) return floor;
  if (rows.length === 0) return Math.max(floor, before);
  const range = maximum - minimum;
  const gain = scenario.takesOver ? gainOf(gate) : 0;
  const { servingValue, difference } = judgement.uniform;
  const value = minimum + (servingValue + gain / (1 - discount)) * range;
  const cost = ((difference - gain) * range) / (1 - discount);
  return Math.max(floor, chooseExploration(value, cost, settings));
}

function gainOf({ difference }: GateRecord): number {
  if (difference === undefined) throw new RangeError("a promotion without a judged difference");
  return difference;
}
