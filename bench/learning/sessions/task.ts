import { dotRow } from "../../../src/numeric/dot.ts";
import type { Session, SessionResponse, SessionWorld } from "./session-world.ts";

/**
 * A step as a learner sees it. Outcome o < K: the user takes candidate o; outcome K: none of those shown. Q of an outcome is
 * linear in both kinds of features.
 */
export interface StepFeatures {
  /** Of the session so far, the same for every outcome, [S]. */
  readonly state: Float64Array;
  /** [K + 1, O], row-major. */
  readonly outcomes: Float64Array;
  /** What the choice model tells outcomes apart by, [K + 1]. */
  readonly kinds: Int32Array;
  /** What the guards know each slate by. */
  readonly names: readonly { readonly itemId: string }[];
}

/** What a learner keeps in mind of a session. */
export interface Observer {
  describe(): StepFeatures;
  note(slate: readonly number[], response: SessionResponse): void;
}

/** A session world with what a learner may know of it. */
export interface SessionTask {
  readonly world: (seed: number) => SessionWorld;
  /** All slates that can be shown: places among the K candidates. */
  readonly slates: readonly (readonly number[])[];
  readonly stateWidth: number;
  readonly outcomeWidth: number;
  /** Mass of each kind in a user's choice, the last kind being none, where nothing was learned yet. */
  readonly masses: Float64Array;
  /** Whether the masses are learned from choices. */
  readonly learnsChoice: boolean;
  /** What came of a slate, as far as what comes after depends on it: a candidate, or K. */
  readonly outcomeOf: (slate: readonly number[], response: SessionResponse) => number;
  /** Rewards over this are in [0, 1]. */
  readonly mostReward: number;
  readonly observe: (session: Session, world: SessionWorld) => Observer;
}

/** Expected value of each slate under a choice in proportion to masses: Σ_o P(o|A)·q_o (SlateQ, Ie et al. 2019). */
export function slateValues(
  values: Float64Array,
  masses: Float64Array,
  slates: SessionTask["slates"],
): Float64Array {
  const none = values.length - 1;
  return Float64Array.from(slates, (slate) => {
    let total = masses[none]!;
    let sum = total * values[none]!;
    for (const place of slate) {
      total += masses[place]!;
      sum += masses[place]! * values[place]!;
    }
    return sum / total;
  });
}

/** Mass of each outcome. */
export const massesOf = ({ kinds }: StepFeatures, masses: Float64Array): Float64Array =>
  Float64Array.from(kinds, (kind) => masses[kind]!);

/** θ·x of each outcome, the features of the state left out. */
export function outcomeValues(
  { outcomes, kinds }: StepFeatures,
  weights: Float64Array,
): Float64Array {
  const width = weights.length;
  return Float64Array.from(kinds, (_, outcome) => dotRow(outcomes, outcome * width, weights));
}
