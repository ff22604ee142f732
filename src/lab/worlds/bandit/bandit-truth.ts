import { bisect } from "../../../numeric/bisect.ts";
import { logistic } from "../../../numeric/logistic.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { BanditWorldOptions } from "./bandit-options.ts";

/** Latent coordinates of users and items. */
export const latentWidth = 6;
/** Logits a standard deviation of affinity. */
const tasteSlope = 1.2;
/** Turn of the tastes a cycle under slow drift, radians: from like to indifferent in twelve cycles. */
const slowTurn = Math.PI / 24;
/** Share of the items that is replaced each cycle under churn. */
const churnShare = 0.05;

/** [rows × latentWidth], independent standard normal. */
const drawLatents = (rows: number, random: RandomStream): Float64Array =>
  Float64Array.from({ length: rows * latentWidth }, () => random.normal());

/** ⟨p, q⟩/√k: about standard normal. */
function affinity(users: Float64Array, user: number, items: Float64Array, item: number): number {
  let sum = 0;
  for (let axis = 0; axis < latentWidth; axis++) {
    sum += users[user * latentWidth + axis]! * items[item * latentWidth + axis]!;
  }
  return sum / Math.sqrt(latentWidth);
}

/**
 * The same turn of all users' tastes in the planes (0, 1), (2, 3), (4, 5), so features have the
 * same meaning for other tastes.
 */
function turn(latents: Float64Array, angle: number): Float64Array {
  const turned = Float64Array.from(latents);
  for (let first = 0; first < turned.length; first += 2) {
    const [x, y] = [latents[first]!, latents[first + 1]!];
    turned[first] = Math.cos(angle) * x - Math.sin(angle) * y;
    turned[first + 1] = Math.sin(angle) * x + Math.cos(angle) * y;
  }
  return turned;
}

/** Number of replacements of tastes before a cycle. */
function changesBefore(cycle: number, { drift, cycles }: Required<BanditWorldOptions>): number {
  if (drift === "abrupt") return cycle >= cycles / 2 ? 1 : 0;
  if (drift === "twice") return Math.min(2, Math.floor((cycle * 3) / cycles));
  return 0;
}

/** Tastes after a change: coordinates handed on to the next but one axis with the other sign, so that no old taste helps. */
function replace(latents: Float64Array, changes: number): Float64Array {
  const replaced = Float64Array.from(latents);
  for (let change = 0; change < changes; change++) {
    const before = Float64Array.from(replaced);
    for (let cell = 0; cell < replaced.length; cell++) {
      const axis = cell % latentWidth;
      replaced[cell] = -before[cell - axis + ((axis + 2) % latentWidth)]!;
    }
  }
  return replaced;
}

export interface BanditTruth {
  /** Latent coordinates that features show. */
  readonly users: Float64Array;
  readonly items: Float64Array;
  /** Logits of each item before any change. */
  readonly qualities: Float64Array;
  /** Numbers of the items on offer. */
  alive(cycle: number): Int32Array;
  clickProbability(cycle: number): (user: number, item: number) => number;
}

/** Items on offer by cycle: under churn the oldest ones go, and the newcomers take the next numbers. */
const offered = (cycle: number, { drift, items }: Required<BanditWorldOptions>): Int32Array => {
  const gone = drift === "churn" ? Math.round(churnShare * items) * cycle : 0;
  return Int32Array.from({ length: items }, (_, index) => gone + index);
};

/** Intercept at which the uniform choice over sampled pairs has the click rate. */
function findIntercept(logits: readonly number[], clickRate: number): number {
  const mean = (intercept: number) =>
    logits.reduce((sum, logit) => sum + logistic(intercept + logit), 0) / logits.length;
  return bisect((intercept) => mean(intercept) < clickRate, -20, 20);
}

/** P(click) = σ(c + 1.2·⟨p, q⟩/√6 + quality), quality ~ N(0, 0.5²) unless said, c set by the click rate. */
export function createBanditTruth(
  options: Required<BanditWorldOptions>,
  random: RandomStream,
): BanditTruth {
  const last = offered(options.cycles - 1, options);
  const everyItem = last[last.length - 1]! + 1;
  const users = drawLatents(options.users, random.split("users"));
  const items = drawLatents(everyItem, random.split("items"));
  const qualities = [0, 1, 2].map((change) => {
    const stream = random.split(`qualities/${change}`);
    return Float64Array.from(
      { length: everyItem },
      () => options.qualityDeviation * stream.normal(),
    );
  });
  const pairs = random.split("pairs");
  const sample = Array.from({ length: 2000 }, () => {
    const item = pairs.integer(everyItem);
    const taste = affinity(users, pairs.integer(options.users), items, item);
    return tasteSlope * taste + qualities[0]![item]!;
  });
  const intercept = findIntercept(sample, options.clickRate);
  return {
    users,
    items,
    qualities: qualities[0]!,
    alive: (cycle) => offered(cycle, options),
    clickProbability: (cycle) => {
      const changes = changesBefore(cycle, options);
      const quality = qualities[changes]!;
      const tastes =
        options.drift === "slow" ? turn(users, slowTurn * cycle) : replace(users, changes);
      return (user, item) =>
        logistic(intercept + tasteSlope * affinity(tastes, user, items, item) + quality[item]!);
    },
  };
}
