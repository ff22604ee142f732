import { dayMs } from "./durations.ts";
// Pacing: a campaign's spend follows the expected share of its day's traffic. Its factor multiplies the bid, so that it is 1 less the
// shadow price of its budget: the winners are those of the best allocation (Balseiro and Gur 2019).

/** Length of a step: factors move at most once in it, and traffic is counted by it. */
export const slotMs: number = 300_000;
export const slotsPerDay: number = dayMs / slotMs;

export const dayOf = (now: number): number => Math.floor(now / dayMs);
export const slotOf = (now: number): number => Math.floor(now / slotMs);

/**
 * Gains on the spend's lead over its plan, in days' budgets: proportional, and integral in traffic of a day. Spend answers a factor's
 * logarithm as an integrator, so that Ki = Kp²/4 brings a lead to 0 without overshooting, in 2/Kp = 5 % of a day's traffic.
 */
const proportional = 40;
const integral = proportional ** 2 / 4;
/** Bounds of the factor's logarithm. */
const least = -10;

/** Pacing of a campaign: `factor` in (0, 1], and the part of its logarithm that has added up. */
export interface Pacing {
  readonly factor: number;
  readonly integral: number;
}

export const unpaced: Pacing = { factor: 1, integral: 0 };

const clamp = (value: number) => Math.max(least, Math.min(0, value));

/**
 * @param lead spend less plan, as a share of the day's budget
 * @param step traffic since the last step, as a share of the day's
 */
export function pace(before: Pacing, lead: number, step: number): Pacing {
  const sum = clamp(before.integral - integral * step * lead);
  return { integral: sum, factor: Math.exp(clamp(sum - proportional * lead)) };
}

/**
 * Expected share of a day's traffic before each slot, one entry more than slots. Without days before, traffic is even.
 * @param counts decisions of days before, by slot
 */
export function trafficCurve(counts: ReadonlyMap<number, number>): readonly number[] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const curve = [0];
  let sum = 0;
  for (let slot = 0; slot < slotsPerDay; slot++) {
    sum += total > 0 ? (counts.get(slot) ?? 0) / total : 1 / slotsPerDay;
    curve.push(sum);
  }
  return curve;
}

/** Share of the day's traffic up to a moment of it, in milliseconds since its begin. */
export function shareUntil(curve: readonly number[], sinceBegin: number): number {
  const slots = Math.max(0, Math.min(slotsPerDay, sinceBegin / slotMs));
  const slot = Math.min(slotsPerDay - 1, Math.floor(slots));
  const before = curve[slot] ?? 0;
  return before + (slots - slot) * ((curve[slot + 1] ?? 1) - before);
}
