import type { HistoryEntry } from "../domain/behaviour.ts";
import type { ItemId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/json.ts";
import { signalOf } from "../domain/reward-rule.ts";
import type { RewardRule } from "../domain/scenario.ts";
import { contextTokens, type Token } from "./item-features.ts";

/** Events of a user that the policy looks at, newest last. */
export const historyLength = 50;

/** Events of a user that an encoder may look at, and that are read with a state. */
export const sequenceLength = 200;

/** The history is summed up in this many weighted means of item embeddings; see `poolWeights`. */
export const poolCount = 4;

/** Events back at which the recency-weighted means have lost half their weight. */
const recencyHalfLives = [10, 2];

/** The policy's facts about the user and the moment: the state s of the papers. */
export interface Profile {
  /** Oldest first, at most `historyLength`. */
  readonly itemIds: readonly ItemId[];
  /** The user's liking of each, in [−1, 1]: weighted value over the scenario's reward range. */
  readonly signals: readonly number[];
  readonly tokens: readonly Token[];
  /**
   * Items of the newest `sequenceLength` events that are no dislikes, oldest first: the input of an
   * encoder, which is not told how much an item was liked.
   */
  readonly sequence: readonly ItemId[];
}

/** Whether an encoder reads an event: it reads those that are no dislikes. */
export const isEncoded = (entry: HistoryEntry, rule: RewardRule): boolean =>
  signalOf(entry, rule) >= 0;

/** @param history events as of the decision, oldest first: later ones would leak the future */
export function createProfile(options: {
  readonly history: readonly HistoryEntry[];
  readonly rule: RewardRule;
  readonly context: JsonObject;
  readonly userAttributes: JsonObject;
}): Profile {
  const read = options.history.slice(-sequenceLength);
  const recent = read.slice(-historyLength);
  return {
    itemIds: recent.map((entry) => entry.itemId),
    signals: recent.map((entry) => signalOf(entry, options.rule)),
    tokens: contextTokens(options.context, options.userAttributes),
    sequence: read.filter((entry) => isEncoded(entry, options.rule)).map((entry) => entry.itemId),
  };
}

interface Decay {
  readonly weights: readonly number[];
  readonly total: number;
}

/** By half-life and length of the history: there are few, and every state of a log asks for them. */
const decays = recencyHalfLives.map((): Decay[] => []);

function decayOf(pool: number, count: number): Decay {
  const known = decays[pool]![count];
  if (known !== undefined) return known;
  const halfLife = recencyHalfLives[pool]!;
  const weights = Array.from({ length: count }, (_, i) => 2 ** ((i + 1 - count) / halfLife));
  const made = { weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
  decays[pool]![count] = made;
  return made;
}

function decayingWeights(signals: readonly number[], pool: number): number[] {
  const { weights, total } = decayOf(pool, signals.length);
  return signals.map((value, index) => (value * weights[index]!) / total);
}

/** Weight of history entry i in each pool: plain mean, mean by signal, and two recency-weighted means by signal. */
export function poolWeights(signals: readonly number[]): readonly (readonly number[])[] {
  const count = signals.length;
  return [
    signals.map(() => 1 / count),
    signals.map((value) => value / count),
    ...recencyHalfLives.map((_, pool) => decayingWeights(signals, pool)),
  ];
}
