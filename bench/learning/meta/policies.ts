import type { ChallengerSetting } from "../../../src/domain/improvement-record.ts";
import type { CompactOptions } from "../../../src/lab/compact-loop/compact-learner.ts";
import { type Judgement, judgeChallengers } from "../../../src/mpo/judge.ts";
import {
  doNothing,
  initialMetaPolicy,
  proposeSettings,
  vaguePrior,
} from "../../../src/mpo/meta-policy.ts";
import { shippedPrior } from "../../../src/mpo/meta-prior.ts";
import {
  defaultSetting,
  type SettingValues,
  settingPool,
  standingSettings,
} from "../../../src/mpo/meta-settings.ts";
import { shuffle } from "../../../src/numeric/random.ts";

/** All weight on one setting, in place of the mixture. */
const judgeWith =
  (choose: (judgement: Judgement) => string): typeof judgeChallengers =>
  (...given) => {
    const judgement = judgeChallengers(...given);
    const chosen = choose(judgement);
    const names = Object.keys(judgement.weights);
    return {
      ...judgement,
      weights: Object.fromEntries(names.map((name) => [name, name === chosen ? 1 : 0])),
    };
  };

/** The setting with the largest lower bound on the rows of this cycle alone, if that is above 0. */
function chooseJudged({ settings }: Judgement): string {
  const bounds = settings.map(({ difference, standardError }) => difference - standardError);
  return settings[bounds.indexOf(Math.max(0, ...bounds))]?.name ?? doNothing;
}

const always = (values: SettingValues): CompactOptions => ({
  without: ["gate"],
  propose: () => [{ name: "fixed", ...values }],
  judge: judgeWith(() => "fixed"),
});

const { memory } = defaultSetting;
/** Each is taken for good, whatever is judged. */
const fixedSettings: readonly ChallengerSetting[] = [
  ...standingSettings,
  { ...defaultSetting, name: "step-0.6", klRadius: 0.6 },
  { ...defaultSetting, name: "step-1.5", klRadius: 1.5 },
  { name: "softmax-mixed", klRadius: 2.5, pessimism: 0, discriminator: 0, proximity: 0, memory },
];

/** As many settings as the meta-policy has, by lot, with the one that was judged best before. */
function createRandomSearch(): CompactOptions {
  let best: SettingValues = defaultSetting;
  return {
    without: ["gate"],
    propose: ({ mpo }, random) => {
      const pool = shuffle([...settingPool(mpo.challengers)], random);
      const drawn = pool.slice(0, mpo.metaPolicy.settings - 1);
      return [best, ...drawn].map((values, n) => ({ ...values, name: `random-${n}` }));
    },
    judge: judgeWith((judgement) => {
      const name = chooseJudged(judgement);
      best = judgement.settings.find((one) => one.name === name) ?? best;
      return name;
    }),
  };
}

/** The policies of one world: some carry a state of their own. */
export const createPolicies = (): Readonly<Record<string, CompactOptions>> => ({
  "meta-policy": { without: ["gate"], prior: shippedPrior },
  "without a prior": { without: ["gate"], prior: vaguePrior },
  "random search": createRandomSearch(),
  "arg-max": {
    without: ["gate"],
    propose: (input, random) =>
      proposeSettings({ ...input, state: initialMetaPolicy, prior: vaguePrior }, random),
    judge: judgeWith(chooseJudged),
  },
  "default settings": always(defaultSetting),
  ...Object.fromEntries(
    fixedSettings.map(({ name, ...values }) => [`fixed ${name}`, always(values)]),
  ),
});

export const fixedNames: readonly string[] = fixedSettings.map(({ name }) => `fixed ${name}`);
