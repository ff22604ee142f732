import type { RandomStream } from "../../../src/numeric/random.ts";
import type { Cell } from "./cells.ts";
import { createChoices, createRetriever, type Policy, servingOf } from "./policies.ts";
import { examination, type HostileWorld } from "./world.ts";

/** Users come back, half of them with more of the rarer outcome: so many more that no chance is above 1, or values would not be linear. */
function createUsers({ hazard }: Cell, decisions: number, random: RandomStream) {
  const count = Math.ceil(decisions / (hazard === "returning users" ? 20 : 3));
  const spread = hazard === "returning users" ? 0.9 : 0.5;
  const factors = Float64Array.from({ length: count }, () =>
    random.uniform() < 0.5 ? 1 - spread : 1 + spread,
  );
  return { count, factors };
}

const botShare = 1 / 3;
/** Items that a bot rewards, whatever they are worth. */
const isLikedByBot = (item: number): boolean => item % 10 === 3;

export interface LoggedSlate {
  readonly arm: "serving" | "canary";
  readonly situation: number;
  readonly user: number;
  readonly kept: Int32Array;
  /** log π over the candidates: of the serving policy, and of the arm's own. */
  readonly serving: Float64Array;
  readonly own: Float64Array;
  /** Places among the candidates. */
  readonly order: readonly number[];
  readonly propensities: readonly number[];
  readonly rewards: readonly number[];
}

export interface LogSize {
  readonly decisions: number;
  /** A policy that a share of the users gets. */
  readonly canary?: { readonly policy: Policy; readonly share: number };
  /** Part of the world's time in which the log is made. Default: all. */
  readonly from?: number;
}

/** Slates with their rewards, oldest first. */
export function* simulateLog(
  world: HostileWorld,
  { decisions, canary, from = 0 }: LogSize,
  random: RandomStream,
): Generator<LoggedSlate> {
  const { cell } = world;
  const users = createUsers(cell, decisions, random.split("users"));
  const draw = random.split("visits");
  const retrieve = createRetriever(world, random.split("lots"));
  const choose = createChoices(servingOf(world), world);
  const chooseCanary = canary && createChoices(canary.policy, world);
  const canaryUsers = (canary?.share ?? 0) * (users.count + 1);
  const isRewarded = (time: number, situation: number, item: number, factor: number) =>
    draw.uniform() < world.appealAt(time, situation, item) * factor === (cell.rarer === "reward");
  for (let decision = 0; decision < decisions; decision++) {
    const time = from + ((1 - from) * decision) / decisions;
    const isBot = cell.hazard === "bot" && draw.uniform() < botShare;
    const user = isBot ? users.count : draw.integer(users.count);
    const situation = world.situationAt(time, user);
    const kept = retrieve(situation);
    const serving = choose(situation, kept);
    const arm = user < canaryUsers ? "canary" : "serving";
    const own = arm === "canary" ? chooseCanary!(situation, kept) : serving;
    const { order, propensities } = own.sampler.draw(draw);
    const rewards = order.map((index, position) => {
      const item = kept[index]!;
      if (isBot) return isLikedByBot(item) ? 1 : 0;
      const factor = users.factors[user]! * examination(position);
      return isRewarded(time, situation, item, factor) ? 1 : 0;
    });
    const logs = { serving: serving.logs, own: own.logs };
    yield { arm, situation, user, kept, ...logs, order, propensities, rewards };
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
