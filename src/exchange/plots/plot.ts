import { escapeText, text, wrap } from "./svg.ts";

/** Pixels. */
const width = 860;

export const colours: Readonly<Record<"ink" | "soft" | "line" | "sure" | "undecided", string>> = {
  ink: "#141d1a",
  soft: "#55615c",
  line: "#dce1dd",
  sure: "#00705a",
  undecided: "#875600",
};

/** A part of a plot below the one before; sizes in pixels. */
export interface PlotPart {
  readonly height: number;
  draw(top: number): readonly string[];
}

export interface Plot {
  readonly title: string;
  /** Below the title. */
  readonly source: string;
  /** In words, drawn in `colour`. */
  readonly answer: string;
  readonly colour: string;
  readonly parts: readonly PlotPart[];
}

function drawHead({ title, source, answer, colour }: Plot): string[] {
  const styled = (content: string, letters: number, style: string) =>
    wrap(content, letters).map((line) => ({ content: line.trimEnd(), style }));
  const lines = [
    ...styled(title, 70, 'font-size="18" font-weight="600"'),
    ...styled(source, 110, `fill="${colours.soft}"`),
    ...styled(answer, 95, `fill="${colour}" font-weight="600"`),
  ];
  return lines.map(({ content, style }, row) => text([20, 30 + 22 * row], content, style));
}

/** One SVG that stands alone. */
export function drawPlot(plot: Plot): string {
  const head = drawHead(plot);
  let height = 26 + 22 * head.length;
  const drawn = plot.parts.flatMap((part) => {
    const top = height;
    height += part.height;
    return part.draw(top);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="${colours.ink}">`,
    `<title>${escapeText(`${plot.title}: ${plot.answer}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...head,
    ...drawn,
    "</svg>",
  ].join("\n");
}
