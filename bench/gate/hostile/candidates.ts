import { defaultMpo } from "../../../src/domain/mpo-fields.ts";
import {
  advantages,
  challengerLogs,
  referenceLogs,
  solveTemperature,
} from "../../../src/mpo/challengers.ts";
import { settingPool } from "../../../src/mpo/meta-settings.ts";
import { subtractTotal } from "../../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { alwaysKept, type Policy, policyOf, servingOf } from "./policies.ts";
import { scoresOf } from "./rows.ts";
import { openValue, type Value } from "./value.ts";
import type { RewardModel } from "./visits.ts";
import { type HostileWorld, signOf } from "./world.ts";

/** Kinds of candidates by their true change of the rarer outcome's rate, towards the better, and how many of each a log judges. */
export const kinds = { swap: 3, trap: 3, worse: 8, better: 1, learner: 1 } as const;
export type Kind = keyof typeof kinds;

export interface Candidate {
  readonly kind: Kind;
  /** How it differs from the serving policy. */
  readonly trap: string;
  readonly policy: Policy;
  /** Change of the rarer outcome's rate as a share of it, positive if it is better. */
  readonly lift: number;
}

const lifts = { trap: -0.02, worse: -0.1, better: 0.1 } as const;

/** Neighbours are of the same worth: it exchanges the logits of half of the pairs, if both are always among the candidates. */
function swapPairs(logits: Float64Array, random: RandomStream): Float64Array {
  const kept = new Set(alwaysKept(logits));
  const swapped = logits.slice();
  for (let item = 0; item + 1 < logits.length; item += 2) {
    if (random.uniform() < 0.5 || !kept.has(item) || !kept.has(item + 1)) continue;
    swapped[item] = logits[item + 1]!;
    swapped[item + 1] = logits[item]!;
  }
  return swapped;
}

/** Ways to be worse that look well. */
const traps: Readonly<
  Record<string, (logits: Float64Array, random: RandomStream) => Float64Array>
> = {
  "over-scores five items of the tail": (logits, random) => {
    const order = alwaysKept(logits);
    const scored = logits.slice();
    const tail = order.slice(Math.floor(order.length / 2));
    for (let count = 0; count < 5; count++)
      scored[tail[random.integer(tail.length)]!] = logits[order[0]!]!;
    return scored;
  },
  "turns the order around below the best two": (logits) => {
    const second = logits[alwaysKept(logits)[1]!]!;
    return logits.map((logit) => (logit >= second ? logit + 2 : -logit / 2));
  },
  "is surer of the same order": (logits) => logits.map((logit) => 1.5 * logit),
  "scores with noise": (logits, random) => logits.map((logit) => logit + random.normal()),
};

/** What candidates of a world are made from. */
export interface Workshop {
  readonly world: HostileWorld;
  readonly value: Value;
  /** Of feedback that does not judge. */
  readonly model: RewardModel;
}

export const openWorkshop = (
  world: HostileWorld,
  model: RewardModel,
  random: RandomStream,
): Workshop => ({ world, model, value: openValue(world, random) });

/** A trap, mended or spoilt by true tastes until its lift is the wanted one; undefined if none reaches it. */
function solve(
  { world, value }: Workshop,
  kind: keyof typeof lifts,
  random: RandomStream,
): Candidate | undefined {
  const names = Object.keys(traps);
  const trap = names[random.integer(names.length)]!;
  const trapped = world.situations.map(({ serving }, index) =>
    traps[trap]!(serving, random.split(`trap/${index}`)),
  );
  const tastes = world.situations.map(({ appeal }) => appeal.map(Math.log));
  const sign = signOf(world.cell);
  const policyAt =
    (strength: number): Policy =>
    (situation, kept) => {
      const [logits, taste] = [trapped[situation]!, tastes[situation]!];
      return subtractTotal(
        Float64Array.from(kept, (item) => logits[item]! + strength * sign * taste[item]!),
      );
    };
  let [low, high] = [-3, 3];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (value.liftOf(policyAt(middle)) < lifts[kind]) low = middle;
    else high = middle;
  }
  const policy = policyAt((low + high) / 2);
  const lift = value.liftOf(policy);
  return Math.abs(lift - lifts[kind]) > 0.01 ? undefined : { kind, trap, policy, lift };
}

const settings = settingPool(defaultMpo.challengers).filter(
  ({ discriminator }) => discriminator === 0,
);

/**
 * The learner's closed-form challenger, of a setting from its grid. The reward model is the shrunken mean of items in earlier
 * feedback, in place of the critic; nothing restrains it and no network is distilled.
 */
function learn({ world, value, model }: Workshop, random: RandomStream): Candidate {
  const setting = { name: "drawn", ...settings[random.integer(settings.length)]! };
  const serving = servingOf(world);
  const score = (situation: number, kept: Int32Array) =>
    scoresOf(serving(situation, kept), kept, model);
  const states = value.states.map(({ situation, kept }) => {
    const scores = score(situation, kept);
    return {
      probabilities: referenceLogs(scores.logPolicy, setting.proximity).map(Math.exp),
      advantage: advantages(scores, setting),
    };
  });
  const temperature = solveTemperature(states, setting.klRadius);
  const policy: Policy = (situation, kept) =>
    challengerLogs(score(situation, kept), setting, { temperature });
  return {
    kind: "learner",
    trap: "learnt from other feedback",
    policy,
    lift: value.liftOf(policy),
  };
}

export function createCandidate(
  workshop: Workshop,
  kind: Kind,
  random: RandomStream,
): Candidate | undefined {
  if (kind === "learner") return learn(workshop, random);
  if (kind !== "swap") return solve(workshop, kind, random);
  const swapped = workshop.world.situations.map(({ serving }) => swapPairs(serving, random));
  return { kind, trap: "swaps items of the same worth", policy: policyOf(swapped), lift: 0 };
}
