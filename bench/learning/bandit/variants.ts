import { defaultFastLoop } from "../../../src/engine/configuration/fast-loop-schema.ts";
import type { CompactOptions } from "../../../src/lab/compact-loop/compact-learner.ts";
import { judgeChallengers } from "../../../src/mpo/judge.ts";
import { doNothing, proposeSettings } from "../../../src/mpo/meta-policy.ts";
import { defaultSetting, standingSettings } from "../../../src/mpo/meta-settings.ts";
import { gainOverBest } from "../targets.ts";
import type { LearningTarget } from "../world.ts";

/** Settings with the discriminator's weight set to nothing. */
const withoutDiscriminator: typeof proposeSettings = (input, random) =>
  proposeSettings(input, random).map((setting) => ({ ...setting, discriminator: 0 }));

const longMemory: typeof proposeSettings = (input, random) =>
  proposeSettings(input, random).map((setting) => ({ ...setting, memory: [0, 0, 1] }));

/** Challengers judged by what the reward model says in place of what users did. */
const judgedByModel: typeof judgeChallengers = (parts, ...given) =>
  judgeChallengers(
    parts.map((part) => ({
      ...part,
      rows: part.rows.map(({ row, scores }, index) => ({
        row: { ...row, reward: part.values[index]![row.action]! },
        scores,
      })),
    })),
    ...given,
  );

/** All weight on the only setting there is, whatever was judged. */
const fixedJudge: typeof judgeChallengers = (...given) => {
  const judgement = judgeChallengers(...given);
  const names = judgement.settings.map(({ name }) => [name, 1] as const);
  return { ...judgement, weights: { [doNothing]: 0, ...Object.fromEntries(names) } };
};

const fixed = (setting: (typeof standingSettings)[number]): CompactOptions => ({
  propose: () => [setting],
  judge: fixedJudge,
});

/** The policy that served first with the fast loop on it: no cycle learns, so nothing is promoted. */
export const loopAlone = "fast loop alone";

/** MPO in cycles, with the fast loop between them, the loop without cycles, and MPO with one part left out. */
export const variants = {
  MPO: {},
  "MPO and fast loop": { fastLoop: defaultFastLoop },
  [loopAlone]: { fastLoop: defaultFastLoop },
  "MPO, no gate": { without: ["gate"] },
  "MPO, no discriminator": { propose: withoutDiscriminator },
  "MPO, one memory": { propose: longMemory },
  "MPO, no trust region": { without: ["trust region"] },
  "MPO, no calibration": { without: ["calibration"] },
  "MPO, no restraint": { without: ["restraint"] },
  "MPO, no distillation check": { without: ["distillation check"] },
  "MPO, as before 0041": { without: ["calibration", "restraint", "distillation check"] },
  "MPO, judged by the model": { judge: judgedByModel },
  "MPO, fixed default": fixed({ name: "default", ...defaultSetting }),
  "MPO, fixed leap": fixed(standingSettings[0]!),
} satisfies Record<string, CompactOptions>;

export type VariantName = keyof typeof variants;
export const variantNames = Object.keys(variants) as readonly VariantName[];

/** What cycles add to the loop: a gain of both together says nothing of it. */
export const notBelowLoop = (policy: VariantName): LearningTarget =>
  gainOverBest({ policy, over: [loopAlone], gain: 0, standardErrors: 2 });
