import type { MaskSeed } from "./dropout.ts";

/** Row-major elements of an input; its shape is the one the graph declares. */
export type Feed = Float32Array | Float64Array | Int32Array;
export type Feeds = Readonly<Record<string, Feed | MaskSeed>>;

export const isMaskSeed = (feed: Feed | MaskSeed | undefined): feed is MaskSeed =>
  feed !== undefined && "seed" in feed;
