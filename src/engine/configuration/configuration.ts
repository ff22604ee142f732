import { z } from "zod";
import type { MpoConfiguration } from "../../domain/mpo-configuration.ts";
import { defaultCanaryShare, type Scenario } from "../../domain/scenario.ts";
import type { TextSettings } from "../state/text/text-features.ts";
import { type Compatibility, checkCompatibility, compatibilitySchema } from "./compatibility.ts";
import { checkDifferential } from "./differential-schema.ts";
import { completeFastLoop } from "./fast-loop-schema.ts";
import { mpoSchema } from "./mpo-schema.ts";
import { checkRetention, type PrivacyConfiguration, privacySchema } from "./privacy-schema.ts";
import { refuseConfiguration } from "./refuse-configuration.ts";
import { scenariosSchema } from "./scenario-schema.ts";
import { type ServerConfiguration, serverSchema } from "./server-schema.ts";
import { type TrackingConfiguration, trackingSchema } from "./tracking-schema.ts";

const positive = z.number().positive();
const share = z.number().min(0).max(1);

const encoderSchema = z.strictObject({
  minutes: z.number().min(0).default(10),
  newShare: z.number().positive().default(0.2),
  days: z.number().min(0).default(30),
});

const learnerPriorities = ["low", "below-normal", "normal"] as const;

const learnerSchema = z.strictObject({
  intervalSeconds: positive.max(2_147_483).default(60), // beyond 2³¹ − 1 ms a timer fires at once
  minDecisions: z.int().min(50).default(1000),
  maxDecisions: z.int().min(100).default(100_000),
  maxCycleMinutes: positive.default(10),
  maxMemory: z.int().min(768).default(4096),
  priority: z.enum(learnerPriorities).default("below-normal"),
  encoder: encoderSchema.prefault({}),
  mpo: mpoSchema,
});

const textSchema = z.strictObject({
  fields: z.array(z.string().min(1)).min(1),
  model: z.string().min(1).exactOptional(),
});

const configurationFields = z
  .strictObject({
    $schema: z.string().exactOptional(),
    scenarios: scenariosSchema,
    baselineShare: share.default(0.05),
    canaryShare: share.default(defaultCanaryShare),
    holdbackShare: z.number().min(0).max(0.5).default(0.05),
    anchorShare: z.number().min(0).max(0.5).default(0.01),
    uniformShare: z.number().min(0).max(0.5).default(0),
    learner: learnerSchema.prefault({}),
    text: textSchema.exactOptional(),
    compatibility: compatibilitySchema.exactOptional(),
    server: serverSchema.prefault({}),
    tracking: trackingSchema.prefault({}),
    privacy: privacySchema.prefault({}),
  })
  .superRefine(checkCompatibility)
  .superRefine(checkRetention)
  .superRefine(checkDifferential);

const configurationSchema = configurationFields.transform(
  ({ $schema: _, scenarios, ...configuration }) => {
    const isPrivate = configuration.privacy.differential !== undefined;
    return {
      ...configuration,
      scenarios: scenarios.map((scenario) => completeFastLoop(scenario, isPrivate)),
    };
  },
);

/** Pace and budget of encoders that learn on. */
export interface EncoderSettings {
  /** Most minutes of a training; 0 leaves encoders as they are. */
  readonly minutes: number;
  /** New behaviour that makes it worth while, as a share of the behaviour before. */
  readonly newShare: number;
  /** Days after which such behaviour suffices; before them the encoder must foresee it worse than events of its training. */
  readonly days: number;
}

/** Pace and budget of the learner: seconds, decisions, minutes and MiB. */
export interface LearnerConfiguration {
  /** Pause between two looks for new feedback. */
  readonly intervalSeconds: number;
  /** A cycle starts when a scenario has this many decisions with closed windows since the last one. */
  readonly minDecisions: number;
  /** Decisions that a cycle trains and judges on, as far as time and memory allow. */
  readonly maxDecisions: number;
  /** Wall time of a cycle, which plans its size so as to stay below. */
  readonly maxCycleMinutes: number;
  /** MiB resident in the learner, likewise. */
  readonly maxMemory: number;
  /** Of its process, beside servers that are busy: `normal` has the same share of a core as one of them. */
  readonly priority: (typeof learnerPriorities)[number];
  readonly encoder: EncoderSettings;
  /** Settings of the algorithm: src/domain/mpo-fields.ts. */
  readonly mpo: MpoConfiguration;
}

/** A parsed configuration with all defaults; shares are in [0, 1]. */
export interface Configuration {
  /** Each is a loop of its own; a request that names none gets the first. */
  readonly scenarios: readonly Scenario[];
  /** Share of users who get the popularity baseline, for comparison. */
  readonly baselineShare: number;
  /** Share of the others who get a canary policy while there is one. */
  readonly canaryShare: number;
  /**
   * Share of the rest who keep the policy that a promotion replaced, until live rewards have shown
   * which is better.
   */
  readonly holdbackShare: number;
  /** Share of all but baseline and uniform slice who keep one policy for months. */
  readonly anchorShare: number;
  /** Share of users whose slates are drawn uniformly from all that may be shown. */
  readonly uniformShare: number;
  readonly learner: LearnerConfiguration;
  /** Attributes of items that hold text. */
  readonly text?: TextSettings;
  /** Other systems whose clients are answered too. */
  readonly compatibility?: Compatibility;
  readonly server: ServerConfiguration;
  /** Where cycles are tracked. */
  readonly tracking: TrackingConfiguration;
  /** Rows of people in the record: ids, consent, retention, privacy of trainings. */
  readonly privacy: PrivacyConfiguration;
}

const halfAnHour = 1800;

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

/** @param path of the file that the input came from. @throws invalid_configuration naming file, fields and values */
export function checkConfiguration(input: unknown, path?: string): Configuration {
  const parsed = configurationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refuseConfiguration(parsed.error, input, path);
}

/**
 * Untrusted JSON → configuration with defaults filled in.
 * @throws invalid_configuration naming fields and values
 *
 * @example
 * import { parseConfiguration } from "recurve";
 *
 * const { scenarios, baselineShare } = parseConfiguration({
 *   scenarios: [
 *     {
 *       name: "items",
 *       slateSize: 10,
 *       excludeSeen: true,
 *       reward: { weights: { click: 1 }, windowSeconds: 1800, maximum: 1 },
 *     },
 *   ],
 * });
 * console.log(scenarios[0].maxCandidates, baselineShare); // 500 0.05
 */
export const parseConfiguration = (input: unknown = defaults): Configuration =>
  checkConfiguration(input);

/** The schema of a written configuration. Draft 7 is the newest that editors support fully. */
export const configurationJsonSchema = (): object =>
  z.toJSONSchema(configurationSchema, { io: "input", target: "draft-7" });
