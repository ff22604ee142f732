import type { RandomStream } from "../../numeric/random.ts";
import {
  assertTransformerShape,
  type EncoderShape,
  innerWidth,
  type TransformerShape,
} from "./shape.ts";

/** A trained or starting network: arrays by the names of `transformerParameters`. */
export interface TransformerModel {
  readonly shape: TransformerShape;
  readonly parameters: Readonly<Record<string, Float32Array>>;
}

export interface ParameterSpec {
  readonly shape: readonly number[];
  /** 0 and 1 are constants, anything between is the standard deviation of a normal start. */
  readonly start: number;
}

const embeddingDeviation = 0.02;

/** Item embeddings and the encoder of histories. */
export function transformerParameters(
  shape: TransformerShape,
): Readonly<Record<string, ParameterSpec>> {
  assertTransformerShape(shape);
  return {
    itemTable: { shape: [shape.items, shape.width], start: embeddingDeviation },
    ...encoderParameters(shape),
  };
}

/** Position embeddings; for each block its two normalised halves; the last normalisation. */
function encoderParameters(shape: EncoderShape): Readonly<Record<string, ParameterSpec>> {
  const { width, blocks } = shape;
  return {
    positionTable: { shape: [shape.length, width], start: embeddingDeviation },
    ...Object.fromEntries(
      Array.from({ length: blocks }, (_, block) =>
        Object.entries(blockParameters(shape)).map(
          ([name, spec]) => [`block${block}/${name}`, spec] as const,
        ),
      ).flat(),
    ),
    ...norm("state", width),
  };
}

const norm = (name: string, width: number): Record<string, ParameterSpec> => ({
  [`${name}Scale`]: { shape: [width], start: 1 },
  [`${name}Shift`]: { shape: [width], start: 0 },
});

function blockParameters(shape: EncoderShape): Record<string, ParameterSpec> {
  const { width, feedForward } = shape;
  const inner = innerWidth(shape);
  const gated = feedForward === "swiglu" ? 2 * inner : inner;
  const square = { shape: [width, width], start: 1 / Math.sqrt(width) };
  return {
    ...norm("attention", width),
    queryWeights: square,
    keyWeights: square,
    valueWeights: square,
    outputWeights: square,
    ...norm("forward", width),
    innerWeights: { shape: [width, gated], start: 1 / Math.sqrt(width) },
    innerBias: { shape: [gated], start: 0 },
    outerWeights: { shape: [inner, width], start: 1 / Math.sqrt(inner) },
    outerBias: { shape: [width], start: 0 },
  };
}

const elements = (shape: readonly number[]) =>
  shape.reduce((product, length) => product * length, 1);

/** Numbers that are trained. */
export const parameterCount = (shape: TransformerShape): number =>
  Object.values(transformerParameters(shape)).reduce((sum, spec) => sum + elements(spec.shape), 0);

/** A network before training, the same for the same stream. */
export function createTransformer(shape: TransformerShape, random: RandomStream): TransformerModel {
  const entries = Object.entries(transformerParameters(shape)).map(([name, spec]) => {
    const values = new Float32Array(elements(spec.shape));
    const { start } = spec;
    if (start === 1) values.fill(1);
    else if (start > 0) {
      const stream = random.split(name);
      for (let index = 0; index < values.length; index++) values[index] = start * stream.normal();
    }
    return [name, values] as const;
  });
  return { shape, parameters: Object.fromEntries(entries) };
}
