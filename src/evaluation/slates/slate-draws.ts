import { createRandom } from "../../numeric/random.ts";

/** Draws of a slate for every policy that is compared on it: what they share cancels in differences. */
export interface SlateDraws {
  readonly draws: number;
  /** Uniform in [0, 1), one for each position of each draw. */
  readonly uniforms: Float64Array;
}

/** Standard error of a marginal: at most 1/(2·√draws), and far less if no item has most of the mass. */
const drawsPerSlate = 64;
const drawSeed = 1977;

/** The draws of one slate of a log. @param slate its number; @param length ≥ 2: a slate of one has no prefix to be drawn */
export function drawsOf(slate: number, length: number): SlateDraws {
  const random = createRandom(drawSeed).split(slate);
  const uniforms = Float64Array.from({ length: drawsPerSlate * length }, () => random.uniform());
  return { draws: drawsPerSlate, uniforms };
}
