import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Table } from "../bench.ts";
import { drawCurves } from "./draw-curves.ts";
import { drawValues } from "./draw-values.ts";
import { describeTarget, judgeTargets, listTables } from "./report-tables.ts";
import type { WorldResults } from "./results.ts";

const escapeCell = (cell: string) => cell.replaceAll("|", "\\|");
const toRow = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
const toMarkdown = ({ columns, rows }: Table) =>
  [
    toRow(columns),
    toRow(columns.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map(toRow),
  ].join("\n");

function writePlots(folder: string, results: WorldResults): readonly string[] {
  const { name } = results.world;
  const plots = {
    [`${name}.svg`]: drawValues(results),
    [`${name}-curves.svg`]: drawCurves(results),
  };
  return Object.entries(plots).flatMap(([file, plot]) => {
    if (plot === undefined) return [];
    writeFileSync(join(folder, file), plot);
    return [`![${name}](${file})`];
  });
}

const describeWorld = (results: WorldResults, plots: readonly string[]) =>
  [
    `## ${results.world.name}`,
    `${results.world.description}; seeds ${results.seeds.join(", ")}`,
    ...listTables(results).map(toMarkdown),
    judgeTargets(results)
      .map((target) => `- ${describeTarget(target)}`)
      .join("\n"),
    results.notes.map((note) => `    ${note}`).join("\n"),
    ...plots,
  ]
    .filter((part) => part !== "")
    .join("\n\n");

const toJson = (results: WorldResults) => {
  const { world, cases, seeds, figureNames } = results;
  const byCase = <T>(names: readonly string[], find: (name: string, caseName: string) => T) =>
    Object.fromEntries(
      cases.map((caseName) => [
        caseName,
        Object.fromEntries(names.map((name) => [name, find(name, caseName)])),
      ]),
    );
  const { name, value, better, main, settings } = world;
  return {
    name,
    value,
    better,
    main,
    settings,
    seeds,
    values: byCase(world.policies, (name, on) => results.read("values", name, on)),
    curves: byCase(world.policies, (name, on) => results.read("curves", name, on)),
    figures: byCase(figureNames, (name, on) => results.read("figures", name, on)),
    targets: judgeTargets(results),
    notes: results.notes,
  };
};

/**
 * Writes `report.md` with its plots, and `report.json` with every seed's numbers.
 * @param heading lines on how and where it was measured
 */
export function writeReport(
  folder: string,
  all: readonly WorldResults[],
  heading: readonly string[],
): void {
  mkdirSync(folder, { recursive: true });
  const parts = all.map((results) => describeWorld(results, writePlots(folder, results)));
  const markdown = ["# Learning", heading.map((line) => `    ${line}`).join("\n"), ...parts].join(
    "\n\n",
  );
  writeFileSync(join(folder, "report.md"), `${markdown}\n`);
  const json = { heading, worlds: all.map(toJson) };
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(json, undefined, 1)}\n`);
}
