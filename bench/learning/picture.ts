import { linearScale, type Scale } from "../../src/exchange/plots/linear-scale.ts";
import { escapeText, line, text } from "../../src/exchange/plots/svg.ts";

// Pixels, for letters of about 8 in width.
const width = 860;
const headHeight = 44;

const inkColour = "#141d1a";
export const softColour = "#55615c";
const gridColour = "#dce1dd";
/** Where the plots end and words begin. */
export const plotRight = 600;

/** Told apart by the colour-blind too (Okabe & Ito 2008). */
const colours = ["#00705a", "#d55e00", "#0072b2", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d00"];

/** A stroke of its own for each index: dashes where the colours have run out. */
export function strokeOf(index: number): string {
  const dashes = index < colours.length ? "" : ' stroke-dasharray="5 3"';
  return `stroke="${colours[index % colours.length]}"${dashes}`;
}

/** Over the values, with room where everything is one number. */
export function createScale(values: readonly number[], range: readonly [number, number]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0 : Math.abs(high) / 10 || 1;
  return linearScale([low - room, high + room], range, { nice: 5 });
}

export const centred = (at: readonly [number, number], content: string): string =>
  text(at, content, `text-anchor="middle" fill="${softColour}"`);

export const gridLine = (from: readonly [number, number], to: readonly [number, number]): string =>
  line(from, to, `stroke="${gridColour}"`);

/** One part of a picture: a case. */
export interface Panel {
  readonly caseName: string;
  /** Without its title. */
  readonly height: number;
  /** @param top in pixels from the picture's */
  readonly draw: (top: number) => readonly string[];
}

const titleHeight = 20;

/** The panels one below the other, as one SVG that stands alone. */
export function drawPicture(title: string, panels: readonly Panel[]): string {
  let top = headHeight;
  const drawn = panels.flatMap(({ caseName, height, draw }) => {
    const heading = text([20, top + 10], caseName, 'font-weight="600"');
    const lines = [heading, ...draw(top + titleHeight)];
    top += titleHeight + height;
    return lines;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="${inkColour}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${top}" fill="#ffffff"/>`,
    text([20, 28], title, 'font-size="16" font-weight="600"'),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}
