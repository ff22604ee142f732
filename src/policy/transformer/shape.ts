import { type Preset, presetNames } from "../../domain/preset.ts";

/** A stored network names its own by the place in this list. */
export const feedForwards = ["relu", "gelu", "swiglu"] as const;
export type FeedForward = (typeof feedForwards)[number];

/** Sizes of a causal Transformer over embedded histories. */
export interface EncoderShape {
  /** d: of embeddings and states. */
  readonly width: number;
  readonly blocks: number;
  /** Of attention; they divide the width. */
  readonly heads: number;
  /** Newest items of a history that are looked at. */
  readonly length: number;
  /**
   * Activation between the two products of a block's second half; `swiglu` has two thirds of the
   * inner width, and a gate.
   */
  readonly feedForward: FeedForward;
}

/** With an embedding of each item. */
export interface TransformerShape extends EncoderShape {
  /** Items of the catalogue, numbered from 0. */
  readonly items: number;
}

const presets: Readonly<Record<Preset, Omit<TransformerShape, "items" | "length">>> = {
  small: { width: 64, blocks: 2, heads: 1, feedForward: "relu" },
  medium: { width: 128, blocks: 4, heads: 2, feedForward: "swiglu" },
  base: { width: 256, blocks: 6, heads: 4, feedForward: "swiglu" },
  large: { width: 512, blocks: 12, heads: 8, feedForward: "swiglu" },
};

/** The shape of a preset for a catalogue and a history length. */
export const presetShape = (
  preset: Preset,
  sizes: Pick<TransformerShape, "items" | "length">,
): TransformerShape => ({ ...presets[preset], ...sizes });

/** The preset with the sizes of a shape; undefined for one of a private training. */
export const presetOf = ({ width, blocks }: EncoderShape): Preset | undefined =>
  presetNames.find((name) => presets[name].width === width && presets[name].blocks === blocks);

/**
 * Width between the two products of the feed-forward part: 4d, or two thirds of it if a gate takes
 * as much again.
 */
export const innerWidth = ({ width, feedForward }: EncoderShape): number =>
  feedForward === "swiglu" ? Math.round((8 * width) / 3) : 4 * width;

/** @throws RangeError that names the field */
export function assertTransformerShape(shape: TransformerShape): void {
  for (const field of ["items", "width", "blocks", "heads", "length"] as const) {
    if (!(Number.isSafeInteger(shape[field]) && shape[field] > 0))
      throw new RangeError(`${field} must be a positive integer, got ${shape[field]}`);
  }
  if (shape.width % shape.heads !== 0)
    throw new RangeError(`heads must divide width ${shape.width}, got ${shape.heads}`);
}
