import { normaliseLogs } from "../../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { createSlateSampler } from "./slate-sampler.ts";
import { bestItems, createRetriever, gather, type Policy, type RewardModel } from "./visits.ts";
import { examination, type HostileWorld, mostCandidates, segmentCount, signOf } from "./world.ts";

/** Kinds of candidates by their true change of the rarer outcome's rate, towards the better. */
export const kinds = ["swap", "trap", "worse", "better", "learner"] as const;
export type Kind = (typeof kinds)[number];

export interface Candidate {
  readonly kind: Kind;
  /** How it differs from the serving policy. */
  readonly trap: string;
  readonly policy: Policy;
  /** Change of the rarer outcome's rate as a share of it, positive if it is better. */
  readonly lift: number;
}

const lifts = { trap: -0.02, worse: -0.1, better: 0.1 } as const;

/** The lots of a retrieval matter little: its candidates serve for some slates. */
const slatesPerRetrieval = 20;

/** Rate of the rarer outcome of a shown item under a policy, at the time when it would take over. */
function rateOf(
  world: HostileWorld,
  policy: Policy,
  { slates, random }: { readonly slates: number; readonly random: RandomStream },
): number {
  const { cell, exploration } = world;
  const rule = { slate: cell.slate, exploration };
  const retrieve = createRetriever();
  const segments = world.segments(1).map(({ appeal, serving }, index) => {
    const weights = normaliseLogs(policy[index]!).map(Math.exp);
    const draw = retrieve(serving);
    // Of a catalogue that is not retrieved from every decision has all items.
    const whole = cell.items <= mostCandidates ? createSlateSampler(weights, rule) : undefined;
    return { appeal, weights, draw, whole };
  });
  let sum = 0;
  for (let index = 0; index < slates; index += slatesPerRetrieval) {
    const { appeal, weights, draw, whole } = segments[(index / slatesPerRetrieval) % segmentCount]!;
    const kept = draw(random);
    const sampler = whole ?? createSlateSampler(gather(weights, kept), rule);
    for (let slate = 0; slate < slatesPerRetrieval; slate++) {
      const { order } = sampler.draw(random);
      for (const [position, a] of order.entries()) sum += appeal[kept[a]!]! * examination(position);
    }
  }
  return sum / slates / cell.slate;
}

const spread = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** Neighbours are of the same worth: it exchanges the logits of every other pair, if both are always among the candidates. */
function swapPairs(logits: Float64Array): Float64Array {
  const best = new Set(bestItems(logits));
  return logits.map((logit, item) => {
    const other = item ^ 1;
    const isSwapped = (item >> 1) % 2 === 0 && best.has(item) && best.has(other);
    return isSwapped ? logits[other]! : logit;
  });
}

/** Ways to be worse that look well. */
const traps: Readonly<
  Record<string, (logits: Float64Array, random: RandomStream) => Float64Array>
> = {
  "over-scores five items of the tail": (logits, random) => {
    const most = Math.max(...logits);
    const scored = logits.slice();
    const tail = [...logits.keys()].sort((left, right) => logits[left]! - logits[right]!);
    for (let count = 0; count < 5; count++)
      scored[tail[random.integer(Math.ceil(tail.length / 2))]!] = most;
    return scored;
  },
  "turns the order around below the best two": (logits) => {
    const [, second] = [...logits].sort((left, right) => right - left);
    return logits.map((logit) => (logit >= second! ? logit + 2 : -logit / 2));
  },
  "is surer of the same order": (logits) => logits.map((logit) => 1.5 * logit),
  "scores with noise": (logits, random) => logits.map((logit) => logit + random.normal()),
};

/** A trap, mended or spoilt by true tastes until its lift is the wanted one; undefined if none reaches it. */
function solve(
  world: HostileWorld,
  kind: keyof typeof lifts,
  random: RandomStream,
): Candidate | undefined {
  const names = Object.keys(traps);
  const trap = names[random.integer(names.length)]!;
  const segments = world.segments(1);
  const sign = signOf(world.cell);
  const trapped = segments.map(({ serving }, index) =>
    traps[trap]!(serving, random.split(`trap/${index}`)),
  );
  const policyAt = (strength: number): Policy =>
    segments.map(({ appeal }, index) =>
      trapped[index]!.map((logit, item) => logit + strength * sign * Math.log(appeal[item]!)),
    );
  const rate = (policy: Policy, slates: number) =>
    rateOf(world, policy, { slates, random: random.split("value") });
  const serving = segments.map((segment) => segment.serving);
  const before = rate(serving, 10_000);
  const liftOf = (policy: Policy, slates: number) => sign * (rate(policy, slates) / before - 1);
  let [low, high] = [-3, 3];
  for (let step = 0; step < 8; step++) {
    const middle = (low + high) / 2;
    if (liftOf(policyAt(middle), 2000) < lifts[kind]) low = middle;
    else high = middle;
  }
  const policy = policyAt((low + high) / 2);
  const lift = liftOf(policy, 10_000);
  return Math.abs(lift - lifts[kind]) > 0.02 ? undefined : { kind, trap, policy, lift };
}

/** Items that a reward model of other feedback expects more of become likelier: e^0.75 for one standard deviation. */
function learn(world: HostileWorld, model: RewardModel, random: RandomStream): Candidate {
  const mean = model[0].map((one, item) => (one + model[1][item]!) / 2);
  const unit = spread(mean) || 1;
  const serving = world.segments(1).map((segment) => segment.serving);
  const policy = serving.map((logits) =>
    logits.map((logit, item) => logit + (0.75 * mean[item]!) / unit),
  );
  const rate = (one: Policy) =>
    rateOf(world, one, { slates: 10_000, random: random.split("value") });
  const lift = signOf(world.cell) * (rate(policy) / rate(serving) - 1);
  return { kind: "learner", trap: "learnt from other feedback", policy, lift };
}

/** @param model of feedback that does not judge */
export function createCandidate(
  world: HostileWorld,
  kind: Kind,
  { model, random }: { readonly model: RewardModel; readonly random: RandomStream },
): Candidate | undefined {
  if (kind === "learner") return learn(world, model, random);
  if (kind !== "swap") return solve(world, kind, random);
  const policy = world.segments(1).map(({ serving }) => swapPairs(serving));
  return { kind, trap: "swaps items of the same worth", policy, lift: 0 };
}
