import { rewardHeadCount } from "../../../src/learning/critic.ts";
import type { ScoredRow } from "../../../src/mpo/row-scores.ts";
import { subtractTotal } from "../../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { sampleRow } from "../../../tests/support/feedback.ts";
import { sampleViews } from "../../../tests/support/policy.ts";
import type { Cell } from "./cells.ts";
import { createSlateSampler } from "./slate-sampler.ts";
import { examination, type HostileWorld, mostCandidates, segmentCount } from "./world.ts";

/** Logits of a policy by segment and item. */
export type Policy = readonly Float64Array[];

/** Share of a retrieved set that is drawn at random. */
const randomShare = 0.1;

type Retrieval = (random: RandomStream) => Int32Array;

const byScore = (scores: Float64Array): number[] =>
  [...scores.keys()].sort((left, right) => scores[right]! - scores[left]!);

const keptByScore = mostCandidates * (1 - randomShare);

/** Items that a retriever keeps in every decision. */
export const bestItems = (scores: Float64Array): readonly number[] =>
  scores.length <= mostCandidates ? [...scores.keys()] : byScore(scores).slice(0, keptByScore);

/** Draws the candidates of a decision from the catalogue: those that a retriever scores best, and lots. */
function createRetrieval(scores: Float64Array): Retrieval {
  const { length: items } = scores;
  if (items <= mostCandidates) {
    const all = Int32Array.from(scores.keys());
    return () => all;
  }
  const order = byScore(scores);
  const best = keptByScore;
  return (random) => {
    const kept = Int32Array.from(order.slice(0, mostCandidates));
    const drawn = new Set<number>();
    for (let place = best; place < mostCandidates; place++) {
      let lot = best + random.integer(items - best);
      while (drawn.has(lot)) lot = best + random.integer(items - best);
      drawn.add(lot);
      kept[place] = order[lot]!;
    }
    return kept;
  };
}

/** Sorts the catalogue once for each retriever. */
export function createRetriever(): (scores: Float64Array) => Retrieval {
  const known = new Map<Float64Array, Retrieval>();
  return (scores) => {
    const retrieval = known.get(scores) ?? createRetrieval(scores);
    known.set(scores, retrieval);
    return retrieval;
  };
}

/** The values at these places. */
export function gather(values: Float64Array, places: ArrayLike<number>): Float64Array {
  const gathered = new Float64Array(places.length);
  for (let index = 0; index < gathered.length; index++) gathered[index] = values[places[index]!]!;
  return gathered;
}

/** log π over the candidates of a decision. */
export const logsOf = (logits: Float64Array, kept: Int32Array): Float64Array =>
  subtractTotal(gather(logits, kept));

/** Users come back, some far more rewarding than others. */
function createUsers({ hazard }: Cell, decisions: number, random: RandomStream) {
  const count = Math.ceil(decisions / (hazard === "returning users" ? 20 : 3));
  const spread = hazard === "returning users" ? 1 : 0.5;
  const factors = Float64Array.from({ length: count }, () =>
    Math.exp(spread * random.normal() - spread ** 2 / 2),
  );
  return { count, factors };
}

const botShare = 1 / 3;
/** Items that a bot rewards, whatever they are worth. */
const isLikedByBot = (item: number): boolean => item % 10 === 3;

export interface LoggedSlate {
  readonly time: number;
  readonly segment: number;
  readonly user: number;
  readonly kept: Int32Array;
  /** log π of the serving policy over the candidates. */
  readonly logs: Float64Array;
  readonly order: readonly number[];
  readonly propensities: readonly number[];
  readonly rewards: readonly number[];
}

/** Slates of the serving policy with their rewards, oldest first. */
export function* simulateLog(
  world: HostileWorld,
  decisions: number,
  random: RandomStream,
): Generator<LoggedSlate> {
  const { cell, exploration } = world;
  const users = createUsers(cell, decisions, random.split("users"));
  const draw = random.split("visits");
  const retrieve = createRetriever();
  for (let decision = 0; decision < decisions; decision++) {
    const time = decision / decisions;
    const isBot = cell.hazard === "bot" && draw.uniform() < botShare;
    const user = isBot ? users.count : draw.integer(users.count);
    const segment = user % segmentCount;
    const { appeal, serving } = world.segments(time)[segment]!;
    const kept = retrieve(serving)(draw);
    const logs = logsOf(serving, kept);
    const sampler = createSlateSampler(logs.map(Math.exp), { slate: cell.slate, exploration });
    const { order, propensities } = sampler.draw(draw);
    const rewards = order.map((index, position) => {
      const item = kept[index]!;
      if (isBot) return isLikedByBot(item) ? 1 : 0;
      const factor = users.factors[user]! * examination(position);
      const isRare = draw.uniform() < Math.min(1, appeal[item]! * factor);
      return isRare === (cell.rarer === "reward") ? 1 : 0;
    });
    yield { time, segment, user, kept, logs, order, propensities, rewards };
  }
}

/** A reward model by item: two draws, as the bootstraps of a critic give them. */
export type RewardModel = readonly [Float64Array, Float64Array];

const priorImpressions = 10;

/** Shrunk mean reward of each item in either half of a log. */
export function fitRewards(items: number, log: Iterable<LoggedSlate>): RewardModel {
  const halves = [0, 1].map(() => ({
    sums: new Float64Array(items),
    counts: new Float64Array(items),
    total: 0,
    rows: 0,
  }));
  for (const { kept, order, rewards, user } of log) {
    const half = halves[(user >> 1) % 2]!;
    for (const [position, index] of order.entries()) {
      half.sums[kept[index]!]! += rewards[position]!;
      half.counts[kept[index]!]! += 1;
      half.total += rewards[position]!;
      half.rows += 1;
    }
  }
  const [one, two] = halves.map(({ sums, counts, total, rows }) => {
    const mean = total / Math.max(1, rows);
    return sums.map(
      (sum, item) => (sum + priorImpressions * mean) / (counts[item]! + priorImpressions),
    );
  });
  return [one!, two!];
}

/** The rows that the gate reads: everything of position 0, of the others the logged choice. */
export function toRows(
  log: Iterable<LoggedSlate>,
  { exploration, cell }: HostileWorld,
  model: RewardModel,
): readonly ScoredRow[] {
  const views = sampleViews(cell.items);
  const rows: ScoredRow[] = [];
  for (const { kept, logs, order, propensities, rewards, user } of log) {
    const heads = model.map((head) => gather(head, kept));
    let left = [...kept.keys()];
    for (const [position, index] of order.entries()) {
      const known = heads.map((head) => gather(head, left));
      rows.push({
        row: sampleRow(
          left.map((a) => views[kept[a]!]!),
          {
            ...{ action: left.indexOf(index), position, exploration, user },
            ...{ propensity: propensities[position]!, reward: rewards[position]! },
          },
        ),
        scores: {
          logPolicy: subtractTotal(gather(logs, left)),
          rewardHeads: Array.from({ length: rewardHeadCount }, (_, head) => known[head % 2]!),
          discriminator: new Float64Array(left.length),
        },
      });
      left = left.filter((a) => a !== index);
    }
  }
  return rows;
}
