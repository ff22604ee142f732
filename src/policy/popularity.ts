import type { ItemId } from "../domain/ids.ts";
import { largestTilt, type SlateDiversity } from "../domain/slate-diversity.ts";
import { keepByList } from "./by-list.ts";
import type { ItemView, Policy } from "./policy.ts";
import { lessMean } from "./score-terms.ts";
import { corruptSnapshot, encodeTensors, type TensorFile } from "./snapshot.ts";

/** e^-50 < 1e-21: nothing is left for the second best. */
const greedyStep = 50;

/** Logits of the order by score: the best remaining item with probability 1, ties shared evenly. */
export function greedyLogits(scores: readonly number[], step: number = greedyStep): Float64Array {
  const distinct = [...new Set(scores)].sort((left, right) => right - left);
  const rank = new Map(distinct.map((score, index) => [score, index]));
  return Float64Array.from(scores, (score) => -step * rank.get(score)!);
}

export interface Popularity {
  readonly scores: ReadonlyMap<ItemId, number>;
  /** Score of an item without impressions. */
  readonly mean: number;
  /** How far behaviour tells the scores apart, in [0, 1]; absent without any. A snapshot leaves it out. */
  readonly certainty?: number;
}

export function encodePopularity({ scores, mean }: Popularity): Uint8Array {
  const values = Float32Array.from(scores.values());
  return encodeTensors({
    meta: { kind: "popularity", itemIds: [...scores.keys()], numbers: { mean } },
    tensors: { scores: { shape: [values.length], values } },
  });
}

/** @throws corrupt_snapshot */
export function readPopularity(file: TensorFile): Popularity {
  const { itemIds, numbers } = file.meta;
  const { mean } = numbers;
  const values = file.tensors.scores?.values;
  if (mean === undefined || values?.length !== itemIds.length)
    throw corruptSnapshot(`${values?.length} scores for ${itemIds.length} items, mean ${mean}`);
  return { scores: new Map(itemIds.map((item, index) => [item, values[index]!])), mean };
}

const scoresOf = ({ scores, mean }: Popularity, candidates: readonly ItemView[]) =>
  candidates.map(({ itemId }) => scores.get(itemId) ?? mean);

/** e^-13 is within rounding, and e^(-13·50), of the last position of the longest slate, is still a number. */
const [judgedStep, lastRank] = [13, 50];

/** Additions to the log-odds of a judged slate, whatever the policy. */
export interface JudgedAdditions {
  readonly boosts?: Float64Array | undefined;
  /** Adds to them by the items above. */
  readonly diversity?: SlateDiversity | undefined;
}

/** The order of scores, for a judge: he takes slates apart position by position, and no item may have a probability of 0. */
export function judgedOrder(
  scores: readonly number[],
  { boosts = new Float64Array(scores.length), diversity }: JudgedAdditions = {},
): Float64Array {
  // Additions decide among equal scores; served steps are so large that they change no other order.
  const tilt = diversity ? largestTilt(diversity) : 0;
  const step = judgedStep + Math.max(...boosts) - Math.min(...boosts) + tilt;
  return greedyLogits(scores, step).map((logit, a) =>
    Math.max(-judgedStep * lastRank, logit + boosts[a]!),
  );
}

/** The same of the baseline's scores. */
export const judgedLogits = (
  popularity: Popularity,
  candidates: readonly ItemView[],
  additions: JudgedAdditions,
): Float64Array => judgedOrder(scoresOf(popularity, candidates), additions);

/** The baseline as a policy: greedy on the shrunk mean reward. @throws corrupt_snapshot */
export function loadPopularityPolicy(file: TensorFile): Policy {
  const popularity = readPopularity(file);
  const logitsOf = keepByList((views) => greedyLogits(scoresOf(popularity, views)));
  return {
    kind: "popularity",
    logits: async (_, candidates) => logitsOf(candidates),
    reasons: {
      terms: async (_, candidates) => ({ popularity: lessMean(logitsOf(candidates)) }),
      attend: async () => undefined,
    },
    close: async () => {},
  };
}
