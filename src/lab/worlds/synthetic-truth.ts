import { dot } from "../../numeric/dot.ts";
import { logistic } from "../../numeric/logistic.ts";
import type { RandomStream } from "../../numeric/random.ts";

/** Latent coordinates of users and items; coordinate g is the amount of genre g. */
export const genreCount = 8;

// Together they put the uniform choice among 20 items near 0.12 clicks a visit, the best fixed order near 0.2 and the
// best choice for each user near 0.5; docs/methods/worlds.md has the figures.
const intercept = -3.1;
const tasteSlope = 4.2;
const qualityDeviation = 0.4;
const spread = 0.7;

/** A vector of length 1 near the axis of its genre. */
export interface Latent {
  readonly genre: number;
  readonly vector: Float64Array;
}

/** Facts that hold until the tastes are replaced. */
export interface Phase {
  readonly users: readonly Latent[];
  /** Quality of an item, equal for all users, in logits. */
  readonly qualities: Float64Array;
}

export interface Truth {
  readonly items: readonly Latent[];
  /**
   * One phase, or two if preferences are replaced half-way. 64 bytes an item, 64 a user and phase.
   */
  readonly phases: readonly Phase[];
}

function drawNear(genre: number, random: RandomStream): Latent {
  const vector = Float64Array.from(
    { length: genreCount },
    (_, axis) => (axis === genre ? 1 : 0) + (spread / Math.sqrt(genreCount)) * random.normal(),
  );
  const length = Math.hypot(...vector);
  return { genre, vector: vector.map((coordinate) => coordinate / length) };
}

const drawQualities = (count: number, random: RandomStream): Float64Array =>
  Float64Array.from({ length: count }, () => qualityDeviation * random.normal());

/**
 * Tastes move together, as fashions do: the liking for one genre moves to another, the same way for
 * all users, and every quality is drawn anew. A history still distinguishes users; its meaning has
 * to be learned again.
 */
function replace(phase: Phase, random: RandomStream): Phase {
  const shift = 1 + random.integer(genreCount - 1);
  const users = phase.users.map(({ genre, vector }) => ({
    genre: (genre + shift) % genreCount,
    vector: vector.map((_, axis) => vector[(axis - shift + genreCount) % genreCount]!),
  }));
  return { users, qualities: drawQualities(phase.qualities.length, random) };
}

/** Latent tastes, items and qualities. The first phase and the items are the same with drift and without. */
export function createTruth(options: {
  readonly items: number;
  readonly users: number;
  readonly drift: boolean;
  readonly random: RandomStream;
}): Truth {
  const { random } = options;
  const draw = (count: number, stream: RandomStream) =>
    Array.from({ length: count }, () => drawNear(stream.integer(genreCount), stream));
  const first: Phase = {
    users: draw(options.users, random.split("users")),
    qualities: drawQualities(options.items, random.split("qualities")),
  };
  return {
    items: draw(options.items, random.split("items")),
    phases: options.drift ? [first, replace(first, random.split("drift"))] : [first],
  };
}

/** Probability of a click on an item that was looked at: σ(intercept + slope · ⟨user, item⟩ + quality). */
export function attraction(truth: Truth, phase: Phase, userIndex: number, index: number): number {
  const affinity = dot(phase.users[userIndex]!.vector, truth.items[index]!.vector);
  return logistic(intercept + tasteSlope * affinity + phase.qualities[index]!);
}

/** Probability that a position is looked at: (1 + k)^−½, known and the same for all users. */
export const examination = (position: number): number => 1 / Math.sqrt(1 + position);
