import type { Cycle } from "../../domain/cycle.ts";
import type { PredictedLift } from "../../domain/gate-record.ts";
import { histogramPart } from "../plots/histogram.ts";
import { type Mark, panelPart } from "../plots/panel.ts";
import { colours, drawPlot } from "../plots/plot.ts";

const write = (value: number) =>
  Number.isFinite(value) ? Number(value.toPrecision(3)).toString().replace("-", "−") : "unbounded";

/** No row without a difference. */
function toMarks(label: string, lift: PredictedLift | undefined): Mark[] {
  if (lift?.difference === undefined) return [];
  const { difference: value, interval = [-Infinity, Infinity] } = lift;
  const [lower, upper] = interval;
  const isSure = lower > 0 || upper < 0;
  return [
    {
      label,
      value,
      interval: { lower, upper },
      numbers: `${write(value)} (${write(lower)} to ${write(upper)})`,
      colour: isSure ? colours.sure : colours.undecided,
    },
  ];
}

/** Differences that the cycle measured, in reward units a row; undefined if it measured none. */
export function drawGate({ cycle, scenario, reason, record }: Cycle): string | undefined {
  const { gate, review, promotion, canary, anchor } = record;
  const marks = [
    ...toMarks(`${review?.kind} ${review?.version}`, review?.gate),
    ...toMarks("candidate", gate),
    ...toMarks("doubly robust", gate?.doublyRobust),
    ...toMarks("censored", gate?.censored),
    ...toMarks("expected", gate?.expected),
    ...toMarks("live: promotion", promotion),
    ...toMarks("live: canary", canary),
    ...toMarks("live: anchor", anchor),
  ];
  if (marks.length === 0) return undefined;
  return drawPlot({
    title: `Cycle ${cycle} of ${scenario}`,
    source: "differences to the serving policy, or of live rewards, with the intervals that decide",
    answer: reason,
    colour: colours.ink,
    parts: [panelPart({ axis: "reward a row", marks, reference: 0 })],
  });
}

/** Δ of serving policy and target; undefined if it has no histogram. */
export function drawDifference({ cycle, scenario, record }: Cycle): string | undefined {
  const { histogram, mean = 0 } = record.policyDifference ?? {};
  if (histogram === undefined) return undefined;
  return drawPlot({
    title: `Policy difference of cycle ${cycle} of ${scenario}`,
    source: "mass under the new policy",
    answer: `Mean ${write(mean)} nats, the KL divergence from the serving policy`,
    colour: colours.ink,
    parts: [histogramPart({ axis: "Δ = log π_θ − log π_φ, nats", ...histogram })],
  });
}
