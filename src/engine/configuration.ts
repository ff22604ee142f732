import type { FastLoopSettings } from "../domain/fast-loop.ts";
import type { MpoConfiguration, MpoInput } from "../domain/mpo-configuration.ts";
import type { RewardRule, Scenario } from "../domain/scenario.ts";
import { configurationSchema } from "./configuration-schema.ts";
import { refuseConfiguration } from "./refuse-configuration.ts";
import type { TextSettings } from "./text/text-features.ts";

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
  /** Settings of the algorithm: src/domain/mpo-fields.ts. */
  readonly mpo: MpoConfiguration;
}

export interface Configuration {
  /** Each is a loop of its own; a request that names none gets the first. */
  readonly scenarios: readonly Scenario[];
  /** Share of users who get the popularity baseline, so that there is something to compare with. */
  readonly baselineShare: number;
  /** Share of the others who get a canary policy while there is one. */
  readonly canaryShare: number;
  /** Share of the rest who keep the policy that a promotion replaced, until live rewards have told the two apart. */
  readonly holdbackShare: number;
  readonly learner: LearnerConfiguration;
  /** Attributes of items that hold text. */
  readonly text?: TextSettings;
}

/** Fields that have a default, and so may be left out. */
type Defaulted<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** A reward rule as it is written. */
export interface RewardRuleInput
  extends Pick<RewardRule, "weights" | "windowSeconds" | "maximum">,
    Defaulted<Pick<RewardRule, "defaultReward" | "minimum">> {}

/** A scenario as it is written. */
export interface ScenarioInput
  extends Pick<Scenario, "name" | "slateSize" | "excludeSeen">,
    Partial<Pick<Scenario, "exploration">>,
    Defaulted<Pick<Scenario, "maxCandidates" | "discount" | "sessionGapSeconds">> {
  readonly reward: RewardRuleInput;
  /** Lets serving learn between cycles. */
  readonly fastLoop?: Defaulted<FastLoopSettings> | undefined;
}

/** The learner's part as it is written. */
export interface LearnerInput extends Defaulted<Omit<LearnerConfiguration, "mpo">> {
  /** Settings of the algorithm: docs/guides/configuration.md. */
  readonly mpo?: MpoInput | undefined;
}

/** A configuration as it is written. */
export interface ConfigurationInput
  extends Pick<Configuration, "text">,
    Defaulted<Pick<Configuration, "baselineShare" | "canaryShare" | "holdbackShare">> {
  /** Path of `configuration.schema.json`, for editors. */
  readonly $schema?: string;
  /** Each is a loop of its own; a request that names none gets the first. */
  readonly scenarios: readonly ScenarioInput[];
  readonly learner?: LearnerInput | undefined;
}

/**
 * The default export of a `recurve.config.ts` or `.js`, with completion and checked types. Values are checked when the file is read.
 *
 * @example
 * export default defineConfig({
 *   scenarios: [
 *     {
 *       name: "items",
 *       slateSize: 10,
 *       excludeSeen: true,
 *       reward: { weights: { click: 1, purchase: 5 }, windowSeconds: 1800, maximum: 5 },
 *     },
 *   ],
 * });
 */
export const defineConfig = (configuration: ConfigurationInput): ConfigurationInput =>
  configuration;

const halfAnHour = 1800;

/** Three scenarios as a shop, an ad slot and a feed would start with them. */
const defaults: ConfigurationInput = {
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

/** Untrusted JSON → configuration with defaults filled in. @throws invalid_configuration naming fields and values */
export const parseConfiguration = (input: unknown = defaults): Configuration =>
  checkConfiguration(input);
