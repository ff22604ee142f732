import { writeFileSync } from "node:fs";
import type { LogEvaluation } from "../../analysis/off-policy/evaluate-log.ts";
import { EngineError } from "../../domain/errors.ts";
import { escapeText } from "../../exchange/plots/svg.ts";
import { describeEvaluation } from "./describe-evaluation.ts";
import { drawEvaluation } from "./draw-evaluation.ts";

/** The plot, and the command's text below it, on one page that loads nothing. */
function toPage(evaluation: LogEvaluation): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeText(`Estimated reward of ${evaluation.target}`)}</title>`,
    "<style>",
    "body { margin: 24px auto; max-width: 860px; padding: 0 12px; color: #141d1a; background: #ffffff; }",
    "svg { max-width: 100%; height: auto; }",
    "pre { white-space: pre-wrap; font: 13px/1.25 ui-monospace, 'DejaVu Sans Mono', monospace; }",
    "</style>",
    drawEvaluation(evaluation),
    `<pre>${escapeText(describeEvaluation(evaluation))}</pre>`,
    "</html>",
    "",
  ].join("\n");
}

/** @param file that ends in .svg or .html; an existing file is replaced @throws invalid_file */
export function writePlot(file: string, evaluation: LogEvaluation): void {
  const plot = file.endsWith(".html") ? toPage(evaluation) : `${drawEvaluation(evaluation)}\n`;
  try {
    writeFileSync(file, plot);
  } catch (error) {
    const message = `${file} can't be written: ${(error as Error).message}; name a file in a folder with room`;
    throw new EngineError("invalid_file", message, { details: { file }, cause: error });
  }
}
