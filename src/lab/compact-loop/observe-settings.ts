import type { BanditWorld } from "../../domain/bandit-world.ts";
import { challengerLogs } from "../../mpo/challengers.ts";
import type { JudgedPart } from "../../mpo/measure.ts";
import { type MetaContext, valueUnit } from "../../mpo/meta-context.ts";
import { settingFeatures } from "../../mpo/meta-features.ts";
import { type MetaPolicyInput, vaguePrior } from "../../mpo/meta-policy.ts";
import { describeSetting, settingPool, standingSettings } from "../../mpo/meta-settings.ts";
import type { MetaExample } from "../../mpo/meta-training.ts";
import type { RowScores } from "../../mpo/row-scores.ts";
import { dot } from "../../numeric/dot.ts";
import { createRandom, type RandomStream, shuffle } from "../../numeric/random.ts";
import { createCompactLearner } from "./compact-learner.ts";
import type { FoldedVisit } from "./linear-family.ts";
import { runCompactLoop } from "./run-compact-loop.ts";

/** Settings that are tried in a cycle beside the standing settings. */
const sampledSettings = 8;

/**
 * The standing settings and random others of the pool: a prior must not be fitted to settings that a prior
 * chose.
 */
function proposeByLot({ mpo }: MetaPolicyInput, random: RandomStream) {
  const fixed = new Set(standingSettings.map(describeSetting));
  const others = settingPool(mpo.challengers).filter((one) => !fixed.has(describeSetting(one)));
  const drawn = shuffle([...others], random).slice(0, sampledSettings);
  return [
    ...standingSettings,
    ...drawn.map((values, index) => ({ name: `sampled-${index}`, ...values })),
  ];
}

/**
 * True gain of each challenger of a half over the serving policy, as a share of the latter's value.
 */
function judgeByTruth(
  { rows, challengers }: JudgedPart<FoldedVisit>,
  context: MetaContext,
  truth: (user: number, item: number) => number,
): MetaExample[] {
  const known = rows.map(({ row, scores }) => ({
    scores,
    clicks: Float64Array.from(row.items, (item) => truth(row.user, item)),
  }));
  const worth = (logsOf: (scores: RowScores) => Float64Array) =>
    known.reduce((sum, { scores, clicks }) => sum + dot(logsOf(scores).map(Math.exp), clicks), 0) /
    rows.length;
  const serving = worth(({ logPolicy }) => logPolicy);
  return challengers.map(({ setting, temperature, restraint }) => {
    const solved = { temperature, restraint: restraint.strength };
    const value = worth((scores) => challengerLogs(scores, setting, solved));
    return {
      features: settingFeatures(context, setting),
      difference: (value - serving) / valueUnit(serving),
    };
  });
}

/**
 * Plays a world with randomly drawn settings, and observes the true worth of each, which no log
 * has.
 */
export async function observeSettings(options: {
  readonly world: BanditWorld;
  readonly cycles: number;
  readonly visitsPerCycle: number;
  readonly seed: number;
}): Promise<readonly MetaExample[]> {
  const { world, seed } = options;
  const examples: MetaExample[] = [];
  let cycle = 0;
  const learner = createCompactLearner(world, createRandom(seed).split("observe-settings"), {
    policy: world.logging,
    without: ["gate"],
    // The fit must not depend on the shipped prior.
    prior: vaguePrior,
    propose: proposeByLot,
    observe: ({ parts, context }) => {
      const truth = world.truth(cycle++);
      for (const part of parts) examples.push(...judgeByTruth(part, context, truth));
    },
  });
  await runCompactLoop({ ...options, learner });
  return examples;
}
