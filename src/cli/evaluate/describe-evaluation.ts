import Table from "cli-table3";
import { conclude } from "../../analysis/off-policy/conclude.ts";
import type { EstimatedValue, LogEvaluation } from "../../analysis/off-policy/evaluate-log.ts";
import {
  formatCounted,
  formatShare,
  formatSignificant,
  formatWhole,
} from "../../numeric/format.ts";
import { plain } from "../table-style.ts";
import { createValueFormat } from "./format-value.ts";

const number = (value: number) =>
  Number.isFinite(value) ? formatSignificant(value, { digits: 4 }) : "∞";
/** Rows that weights make: fractions count while they are few. */
const worth = (rows: number) => (rows < 100 ? formatSignificant(rows) : formatWhole(rows));

function tableValues({ logged, estimates, difference, target }: LogEvaluation): string {
  const table = new Table({
    head: ["estimator", "value a row", "± s.e.", "95 % interval"],
    colAligns: ["left", "right", "right", "right"],
    style: plain,
  });
  const format = createValueFormat(logged);
  const cells = (value: EstimatedValue) => [
    format.value(value),
    format.error(value),
    format.interval(value),
  ];
  table.push(["as logged", ...cells(logged)]);
  for (const estimate of estimates) table.push([estimate.estimator, ...cells(estimate)]);
  table.push([`${target} − logged`, ...cells(difference)]);
  return table.toString();
}

function listDiagnostics({ diagnostics, difference }: LogEvaluation): string[] {
  const { effectiveSampleSize, effectiveSampleShare, unsupportedMass } = diagnostics;
  const { meanWeight, meanWeightStandardError, largestWeight } = diagnostics;
  const { rows, supportedRows, rewardedSampleSize } = diagnostics;
  return [
    `effective sample size   ${worth(effectiveSampleSize)} of ${formatWhole(rows)} rows (${formatShare(effectiveSampleShare)})`,
    `rows behind rewards     ${worth(rewardedSampleSize)}`,
    `mean weight             ${number(meanWeight)} ± ${number(meanWeightStandardError)}, 1 if propensities are right`,
    `largest weight          ${number(largestWeight)}`,
    `rows with support       ${formatWhole(supportedRows)}`,
    ...(unsupportedMass === undefined
      ? []
      : [`unsupported mass        ${formatShare(unsupportedMass)}`]),
    `smallest detectable     ${number(difference.minimalDetectable)} a row, 4 times out of 5`,
  ];
}

/** How the slates of several items were judged. */
function describeSlates({ slates }: LogEvaluation["log"]): string[] {
  if (slates === undefined) return [];
  const prefix = "judged by weights of the whole prefix";
  const counts = [
    ...(slates.marginals > 0
      ? [`${formatCounted(slates.marginals, "slate")} judged by item–position marginals`]
      : []),
    ...(slates.prefix > 0 ? [`${formatCounted(slates.prefix, "slate")} ${prefix}`] : []),
  ];
  return [`slates   ${counts.join("; ")}`];
}

/** Log, values, diagnostics, and conclusions in words. */
export function describeEvaluation(evaluation: LogEvaluation): string {
  const { log, target } = evaluation;
  const users = log.users === undefined ? "no user ids" : `${formatWhole(log.users)} users`;
  const { sentences } = conclude(evaluation);
  return [
    `log      ${log.file}, ${log.format}`,
    `rows     ${formatWhole(log.rows)}; ${users}, ${formatCounted(log.actions, "action")}, ${formatCounted(log.positions, "position")}`,
    ...describeSlates(log),
    ...(log.leftOut
      ? [`left out ${formatCounted(log.leftOut.rows, "row")}: ${log.leftOut.reason}`]
      : []),
    `target   ${target}`,
    tableValues(evaluation),
    ...listDiagnostics(evaluation),
    "",
    ...sentences,
  ].join("\n");
}
