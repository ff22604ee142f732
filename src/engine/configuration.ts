import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { EngineError } from "../domain/errors.ts";
import type { FastLoopSettings } from "../domain/fast-loop.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultExploration, type Scenario } from "../domain/scenario.ts";
import { mpoSchema } from "./mpo-schema.ts";
import { refuseConfiguration } from "./refuse-configuration.ts";
import type { TextSettings } from "./text/text-features.ts";

const halfAnHour = 1800;
const positive = z.number().positive();
const share = z.number().min(0).max(1);

const rewardSchema = z
  .strictObject({
    weights: z.record(z.string().min(1), z.number()),
    windowSeconds: positive,
    defaultReward: z.number().default(0),
    minimum: z.number().default(0),
    maximum: z.number(),
  })
  .refine((rule) => rule.minimum < rule.maximum, {
    path: ["maximum"],
    error: "must be above minimum, which is 0 where it is not given",
  });

const fastLoopSchema = z.strictObject({
  enabled: z.boolean().default(false),
  forgetting: z.number().min(0.9).max(0.9999).default(0.9998),
  temperature: z.number().min(0.001).max(1).default(0.02),
  drawScale: z.number().min(0).max(3).default(0.05),
});
export const defaultFastLoop: FastLoopSettings = Object.freeze(fastLoopSchema.parse({}));

const scenarioFields = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "lower case letters, digits and hyphens"),
  slateSize: z.int().min(1).max(50),
  excludeSeen: z.boolean(),
  exploration: z.number().gt(0).max(1).exactOptional(),
  maxCandidates: z.int().min(1).max(1000).default(500),
  discount: z.number().min(0).lt(1).default(0),
  sessionGapSeconds: positive.default(halfAnHour),
  reward: rewardSchema,
  fastLoop: fastLoopSchema.prefault({}),
});

const scenarioSchema = scenarioFields
  // What comes after a session counts 0, which a return can only be mapped to where 0 is in the range.
  .refine(
    ({ discount, reward }) => discount === 0 || (reward.minimum <= 0 && reward.maximum >= 0),
    {
      path: ["discount"],
      error: "above 0 needs a reward range that has 0 in it; widen the range, or set it to 0",
    },
  )
  .refine(({ discount, fastLoop }) => discount === 0 || !fastLoop.enabled, {
    path: ["discount"],
    error:
      "above 0 can't go with the fast loop, which learns what pays at once; switch one of them off",
  })
  .transform((scenario) => ({
    exploration: defaultExploration(scenario.fastLoop.enabled),
    ...scenario,
  }));

function refuseSameNames(
  scenarios: readonly Pick<Scenario, "name">[],
  context: z.RefinementCtx,
): void {
  const names = scenarios.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    const message = "another scenario has this name; give each one of its own";
    context.addIssue({ code: "custom", path: [index, "name"], message });
  }
}

const learnerSchema = z.strictObject({
  /** Pause between two looks for new feedback. */
  intervalSeconds: positive.max(2_147_483).default(60), // beyond 2³¹ − 1 ms a timer fires at once
  /** A cycle starts when a scenario has this many decisions with closed windows since the last one. */
  minDecisions: z.int().min(50).default(1000),
  /** Decisions that a cycle trains and judges on, as far as time and memory allow. */
  maxDecisions: z.int().min(100).default(100_000),
  /** Wall time of a cycle, which plans its size so as to stay below. */
  maxCycleMinutes: positive.default(10),
  /** MiB resident in the learner, likewise. */
  maxMemory: z.int().min(768).default(4096),
  /** Everything that can be turned in the algorithm: src/domain/mpo-fields.ts. */
  mpo: mpoSchema,
});

const textSchema = z.strictObject({
  /** Attributes of items that hold text, which become features of their own. */
  fields: z.array(z.string().min(1)).min(1),
  /** Folder with model.onnx and tokenizer.json, seen from the configuration file; character n-grams where absent. */
  model: z.string().min(1).exactOptional(),
});

const configurationSchema = z.strictObject({
  scenarios: z.array(scenarioSchema).min(1).superRefine(refuseSameNames),
  /** Share of users who get the popularity baseline, so that there is something to compare with. */
  baselineShare: share.default(0.05),
  /** Share of users who get a canary policy while there is one. */
  canaryShare: share.default(0.5),
  /** Share of the other users who keep the policy that a promotion replaced, until live rewards have told the two apart. */
  holdbackShare: z.number().min(0).max(0.5).default(0.05),
  learner: learnerSchema.prefault({}),
  text: textSchema.exactOptional(),
});

export interface LearnerConfiguration {
  readonly intervalSeconds: number;
  readonly minDecisions: number;
  readonly maxDecisions: number;
  readonly mpo: MpoConfiguration;
  readonly maxCycleMinutes: number;
  readonly maxMemory: number;
}

export interface Configuration {
  readonly scenarios: readonly Scenario[];
  readonly baselineShare: number;
  readonly canaryShare: number;
  readonly holdbackShare: number;
  readonly learner: LearnerConfiguration;
  readonly text?: TextSettings;
}

/** Three scenarios as a shop, an ad slot and a feed would start with them. */
const defaults = {
  scenarios: [
    {
      name: "items",
      slateSize: 10,
      excludeSeen: true,
      reward: {
        weights: { click: 1, rating: 0.2, purchase: 5 },
        windowSeconds: halfAnHour,
        maximum: 5,
      },
    },
    {
      name: "ads",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1, conversion: 10 }, windowSeconds: halfAnHour, maximum: 10 },
    },
    {
      name: "feed",
      slateSize: 10,
      excludeSeen: true,
      reward: {
        weights: { click: 1, like: 2, share: 3, hide: -3 },
        windowSeconds: halfAnHour,
        minimum: -3,
        maximum: 5,
      },
    },
  ],
};

function parse(input: unknown, path?: string): Configuration {
  const parsed = configurationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refuseConfiguration(parsed.error, input, path);
}

/** Untrusted JSON → configuration with defaults filled in. @throws invalid_configuration naming fields and values */
export const parseConfiguration = (input: unknown = defaults): Configuration => parse(input);

/** Reads `recurve.config.json` or another file; without a path the defaults. */
export function loadConfiguration(path?: string): Configuration {
  if (path === undefined) return parseConfiguration();
  try {
    const { text, ...rest } = parse(JSON.parse(readFileSync(path, "utf8")), path);
    if (text?.model === undefined) return text === undefined ? rest : { ...rest, text };
    return { ...rest, text: { ...text, model: resolve(dirname(path), text.model) } };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(
      "invalid_configuration",
      `configuration file ${path} can't be read: ${(cause as Error).message}; expected a JSON file`,
      { details: { path }, cause },
    );
  }
}
