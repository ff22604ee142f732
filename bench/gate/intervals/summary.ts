import type { GateRecord } from "../../../src/domain/gate-record.ts";
import { expectLift, spreadOfLifts } from "../../../src/evaluation/expected-lift.ts";
import { normalQuantile } from "../../../src/numeric/statistics.ts";
import { mean, median } from "../../statistics.ts";
import type { JudgedCandidate } from "./judged.ts";
import type { PlayedWorld } from "./play-world.ts";

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

const deviations = normalQuantile(0.975);
const isJudged = ({ judged }: JudgedCandidate) => judged.every(Number.isFinite);

/** Mean over all values, with the standard error of groups that share their luck (Liang & Zeger 1986); NaN for one group. */
function groupedMean(groups: readonly (readonly number[])[]): Estimate {
  const values = groups.flat();
  const value = mean(values);
  const sums = groups.map((group) => group.reduce((sum, one) => sum + one - value, 0));
  const squares = sums.reduce((sum, one) => sum + one ** 2, 0);
  const factor = groups.length / (groups.length - 1);
  return { value, standardError: Math.sqrt(factor * squares) / values.length };
}

export interface Coverage extends Estimate {
  readonly judged: number;
  readonly logs: number;
  /** Truths below and above their intervals. */
  readonly below: number;
  readonly above: number;
}

/** Of 95 % intervals, logs as groups: the candidates of a log share its luck. */
export function coverageOf(logs: readonly (readonly JudgedCandidate[])[]): Coverage {
  const misses = logs
    .map((log) =>
      log.filter(isJudged).map(({ truth, judged: [difference, error] }) => {
        const z = (truth - difference) / error;
        return Math.abs(z) <= deviations ? 0 : Math.sign(z);
      }),
    )
    .filter(({ length }) => length > 0);
  const all = misses.flat();
  const count = (sign: number) => all.filter((one) => one === sign).length;
  return {
    ...groupedMean(misses.map((log) => log.map((one) => (one === 0 ? 1 : 0)))),
    judged: all.length,
    logs: misses.length,
    below: count(-1),
    above: count(1),
  };
}

/** Median over candidates of the width over the width with the true reward model, both doubly robust. */
export function widthRatio(worlds: readonly PlayedWorld[]): number {
  const ratios = worlds.flatMap(({ logs: [own = []], trueModelErrors }) =>
    own.map(({ judged, gate }, index) => {
      const error =
        gate === undefined ? judged[1] : (gate.doublyRobust?.standardError ?? Number.NaN);
      return error / trueModelErrors[index]!;
    }),
  );
  return median(ratios.filter(Number.isFinite));
}

/** A distilled candidate whose lift the gate would show: true, as judged, and as shown. */
export interface ShownLift {
  readonly verdict: GateRecord["verdict"];
  readonly truth: number;
  readonly judged: number;
  readonly shown: number;
}

/** Distilled candidates of earlier logs from which the spread is learnt. */
const remembered = 12;

/** Those that the gate would promote or try as a canary, each as if the logs before it were the cycles before. */
export function shownLifts({ logs }: PlayedWorld): readonly ShownLift[] {
  const distilled = logs.map((log) => log.at(-1)!);
  const gates = distilled.map(({ gate }) => gate!);
  return distilled.flatMap(({ served, value }, index) => {
    const gate = gates[index]!;
    if (gate.verdict !== "promote" && gate.verdict !== "canary") return [];
    const spread = spreadOfLifts(gates.slice(Math.max(0, index - remembered), index));
    const shown = expectLift(gate, spread)?.relativeLift;
    if (shown === undefined) return [];
    const { verdict, relativeLift: judged = Number.NaN } = gate;
    return [{ verdict, truth: served / value, judged, shown }];
  });
}

/** Least squares of true on other lifts, worlds as groups. */
export function slopeOf(
  worlds: readonly (readonly ShownLift[])[],
  of: (lift: ShownLift) => number,
): Estimate {
  const all = worlds.flat();
  const [x, y] = [mean(all.map(of)), mean(all.map(({ truth }) => truth))];
  const squares = all.reduce((sum, one) => sum + (of(one) - x) ** 2, 0);
  const value = all.reduce((sum, one) => sum + (of(one) - x) * (one.truth - y), 0) / squares;
  const scores = worlds
    .filter(({ length }) => length > 0)
    .map((world) =>
      world.reduce((sum, one) => {
        const left = of(one) - x;
        return sum + left * (one.truth - y - value * left);
      }, 0),
    );
  const factor = scores.length / (scores.length - 1);
  const meat = scores.reduce((sum, one) => sum + one ** 2, 0);
  return { value, standardError: Math.sqrt(factor * meat) / squares };
}
