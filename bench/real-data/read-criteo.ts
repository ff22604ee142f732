import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A display of the ad placement challenge (Lefortier et al. 2016): the shown product, not its rivals. */
export interface Display {
  readonly clicked: boolean;
  /** p in (0, 1] of the shown product. */
  readonly propensity: number;
  /** Displays that it stands for: 1 with a click; 10 without, since a tenth of these were kept. */
  readonly standsFor: number;
  /** Such as `0:300`: size of the banner, then categories. */
  readonly features: readonly string[];
}

const [click, noClick] = ["0.001", "0.999"];
const keptShare = 0.1;
const shape = /^\S+ \|l (\S+) \|p (\S+) ?\|f (.+)$/;

function parseDisplay(line: string, index: number): Display {
  const [, label, inverse, features = ""] = shape.exec(line) ?? [];
  if (label !== click && label !== noClick)
    throw new RangeError(
      `line ${index + 1} must be 'id |l 0.001 or 0.999 |p … |f …', got '${line.slice(0, 40)}'`,
    );
  const clicked = label === click;
  // The inverse propensity of a display without a click has the sampling in it: none is below 10.
  const propensity = (clicked ? 1 : 1 / keptShare) / Number(inverse);
  if (!(propensity > 0 && propensity <= 1))
    throw new RangeError(
      `line ${index + 1} has the propensity ${propensity}, which must be in (0, 1]`,
    );
  const standsFor = clicked ? 1 : 1 / keptShare;
  return { clicked, propensity, standsFor, features: features.trim().split(/\s+/) };
}

/** @throws RangeError naming the line that is no display */
export const parseCriteo = (text: string): readonly Display[] =>
  text.trimEnd().split(/\r?\n/).map(parseDisplay);

export const readCriteo = (folder: string): readonly Display[] =>
  parseCriteo(readFileSync(join(folder, "train.txt"), "utf8"));
