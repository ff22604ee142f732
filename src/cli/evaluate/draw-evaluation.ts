import { conclude } from "../../analysis/off-policy/conclude.ts";
import type { EstimatedValue, LogEvaluation } from "../../analysis/off-policy/evaluate-log.ts";
import { type Mark, type Panel, panelPart } from "../../exchange/plots/panel.ts";
import { colours, drawPlot } from "../../exchange/plots/plot.ts";
import { formatWhole } from "../../numeric/format.ts";
import { createValueFormat } from "./format-value.ts";

function createPanels(evaluation: LogEvaluation, colour: string): readonly [Panel, Panel] {
  const { logged, estimates, difference, target } = evaluation;
  const format = createValueFormat(logged);
  const toMark = (value: EstimatedValue, rest: Pick<Mark, "label" | "colour">): Mark => ({
    ...value,
    ...rest,
    numbers: `${format.value(value)} (${format.interval(value)})`,
  });
  const marks = estimates.map((estimate) =>
    estimate.estimator === "dm"
      ? { ...toMark(estimate, { label: "dm, the model alone", colour }), modelAlone: true }
      : toMark(estimate, { label: estimate.estimator, colour }),
  );
  return [
    {
      axis: "reward a row; the dashed line is the logged reward",
      marks: [toMark(logged, { label: "as logged", colour: colours.soft }), ...marks],
      reference: logged.value,
    },
    {
      axis: `reward a row: ${target} minus logged`,
      marks: [toMark(difference, { label: "difference", colour })],
      reference: 0,
    },
  ];
}

/** Values with their intervals, and the difference to the logged reward. */
export function drawEvaluation(evaluation: LogEvaluation): string {
  const { target, log } = evaluation;
  const { decides, sentences } = conclude(evaluation);
  const [answer = ""] = sentences;
  const colour = decides ? colours.sure : colours.undecided;
  return drawPlot({
    title: `Estimated reward of ${target}`,
    source: `${log.file}, ${formatWhole(log.rows)} rows; values with 95 % intervals`,
    answer,
    colour,
    parts: createPanels(evaluation, colour).map(panelPart),
  });
}
