import { rewardHeadCount } from "../../src/learning/critic-shape.ts";
import type { ScoredRow } from "../../src/mpo/row-scores.ts";
import { normaliseLogs } from "../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../src/numeric/random.ts";
import { sampleSlate } from "../../src/policy/slate.ts";
import { sampleRow } from "./feedback.ts";
import { sampleViews } from "./policy.ts";

/**
 * How the items above change a click: not at all; the user stops after a click; or two items above of one kind leave little for a
 * third.
 */
export type SlateReading = "independent" | "stops" | "redundant";

/** Slates of items: a click if the position is looked at and the item is wanted. */
export interface SlateWorld {
  /** Default: independent, a position-based reward. */
  readonly reading?: SlateReading;
  /** Users click up to so much more or less often than the average, as a share of it; default: 0. */
  readonly userSpread?: number;
  readonly slateSize: number;
  readonly exploration: number;
  /** Click probability of each item at the first position. */
  readonly worth: Float64Array;
}

/** A world whose items are worth less the higher their number. @param best click probability of the first */
export const createSlateWorld = (items: number, best: number): SlateWorld => ({
  slateSize: 10,
  exploration: 0.1,
  worth: Float64Array.from({ length: items }, (_, a) => best * (0.05 + Math.exp((-8 * a) / items))),
});

const examination = (position: number): number => 1 / (1 + position / 3);

/** Neighbours in worth are of one kind, as for a person who likes a kind. */
const kindSize = 4;
const kindOf = (item: number): number => Math.floor(item / kindSize);

/** Chance that the items above a position leave to its own. @param clicked probability of a click above */
function interestLeft(
  reading: SlateReading = "independent",
  order: readonly number[],
  { position, clicked }: { readonly position: number; readonly clicked: number },
): number {
  if (reading === "independent") return 1;
  if (reading === "stops") return 1 - clicked;
  const kind = kindOf(order[position]!);
  const alike = order.slice(0, position).filter((item) => kindOf(item) === kind).length;
  return alike >= 2 ? 0.3 : 1;
}

/** log π of a policy by item. */
export const slatePolicy = (
  { worth }: SlateWorld,
  logitOf: (share: number, item: number) => number,
): Float64Array => normaliseLogs(worth.map((one, item) => logitOf(one / worth[0]!, item)));

/** Feedback on slates of a policy, five decisions a user, with the truth as the reward model. */
export function simulateSlates(
  world: SlateWorld,
  options: {
    readonly logs: Float64Array;
    readonly decisions: number;
    readonly random: RandomStream;
    /** The scenario says that the items above change a reward. */
    readonly isCascade?: boolean;
  },
): readonly ScoredRow[] {
  const { worth, slateSize, exploration } = world;
  const { logs, decisions, random } = options;
  const views = sampleViews(worth.length);
  const { reading, userSpread = 0 } = world;
  const ratioOf = (user: number) =>
    1 + userSpread * (2 * random.split(`user/${user}`).uniform() - 1);
  return Array.from({ length: decisions }, (_, decision) => {
    const user = Math.floor(decision / 5);
    const ratio = ratioOf(user);
    let clicked = 0;
    const draw = { logits: logs, slateSize, exploration, random };
    const { order, positionPropensities } = sampleSlate(draw);
    let left = [...views.keys()];
    return order.map((item, position) => {
      const of = (values: Float64Array) => Float64Array.from(left, (a) => values[a]!);
      const [own, known] = [of(logs), of(worth)];
      const candidates = left.map((a) => views[a]!);
      const action = left.indexOf(item);
      left = left.filter((a) => a !== item);
      const interest = interestLeft(reading, order, { position, clicked });
      const chance = ratio * worth[item]! * examination(position) * interest;
      const reward = random.uniform() < chance ? 1 : 0;
      clicked = Math.max(clicked, reward);
      return {
        row: sampleRow(candidates, {
          action,
          position,
          exploration,
          propensity: positionPropensities[position]!,
          reward,
          user,
          ...(options.isCascade && { isCascade: true }),
        }),
        scores: {
          logPolicy: normaliseLogs(own),
          rewardHeads: Array.from({ length: rewardHeadCount }, () => known),
          discriminator: new Float64Array(own.length),
        },
      };
    });
  }).flat();
}

/** log π of each row's candidates under a policy. */
export const scoreSlates = (
  rows: readonly ScoredRow[],
  logs: Float64Array,
): readonly Float64Array[] => {
  let left: number[] = [];
  return rows.map(({ row }) => {
    if (row.position === 0) left = [...logs.keys()];
    const own = normaliseLogs(Float64Array.from(left, (a) => logs[a]!));
    left = left.filter((_, index) => index !== row.action);
    return own;
  });
};

/** Mean reward of a position under a policy, by many slates. */
export function worthOfSlates(
  { worth, slateSize, exploration, reading }: SlateWorld,
  options: { readonly logs: Float64Array; readonly slates: number; readonly random: RandomStream },
): number {
  const { logs, slates, random } = options;
  let sum = 0;
  for (let slate = 0; slate < slates; slate++) {
    const { order } = sampleSlate({ logits: logs, slateSize, exploration, random });
    let clicked = 0;
    for (const [position, item] of order.entries()) {
      const interest = interestLeft(reading, order, { position, clicked });
      const chance = worth[item]! * examination(position) * interest;
      sum += chance;
      clicked += chance;
    }
  }
  return sum / slates / slateSize;
}
