import type { AdsRule } from "../../domain/campaign.ts";
import type { FastLoopSettings } from "../../domain/fast-loop.ts";
import type { MpoInput } from "../../domain/mpo-configuration.ts";
import type { RewardRule, Scenario } from "../../domain/scenario.ts";
import type { SocialRule } from "../../domain/social.ts";
import type { SourcesRule } from "../../domain/sources.ts";
import type { Configuration, EncoderSettings, LearnerConfiguration } from "./configuration.ts";
import type { PrivacyInput } from "./privacy-schema.ts";
import type { ServerConfiguration } from "./server-schema.ts";
import type { TrackingConfiguration } from "./tracking-schema.ts";

/** Fields that have a default, and so may be left out. */
type Defaulted<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** A reward rule as it is written. */
export interface RewardRuleInput
  extends Pick<RewardRule, "weights" | "windowSeconds" | "maximum">,
    Partial<Pick<RewardRule, "viewedType" | "windows">>,
    Defaulted<Pick<RewardRule, "graceSeconds" | "repeats" | "defaultReward" | "minimum">> {}

/** A scenario as it is written. */
export interface ScenarioInput
  extends Pick<Scenario, "name" | "slateSize" | "excludeSeen">,
    Partial<Pick<Scenario, "exploration" | "loopExploration" | "rules" | "guards">>,
    Defaulted<Pick<Scenario, "maxCandidates" | "discount" | "sessionGapSeconds" | "slateReward">> {
  readonly reward: RewardRuleInput;
  /** Items are shown for campaigns: docs/guides/ads.md. */
  readonly ads?:
    | (Pick<AdsRule, "outcomes" | "qualityFloor"> &
        Defaulted<Pick<AdsRule, "bidWeight" | "valueWeight">>)
    | undefined;
  /** Lets edges between users bear on decisions: docs/guides/feed.md. */
  readonly social?:
    | (Pick<SocialRule, "author"> & Defaulted<Omit<SocialRule, "author">>)
    | undefined;
  /** Gives candidates beside the retriever's. */
  readonly sources?: Defaulted<SourcesRule> | undefined;
  /** Lets serving learn between cycles. */
  readonly fastLoop?: Defaulted<FastLoopSettings> | undefined;
}

/** The learner's part as it is written. */
export interface LearnerInput extends Defaulted<Omit<LearnerConfiguration, "mpo" | "encoder">> {
  /** Encoders that learn on. */
  readonly encoder?: Defaulted<EncoderSettings> | undefined;
  /** Settings of the algorithm: docs/guides/configuration.md. */
  readonly mpo?: MpoInput | undefined;
}

/** A configuration as it is written. */
export interface ConfigurationInput
  extends Pick<Configuration, "text" | "compatibility">,
    Defaulted<
      Pick<
        Configuration,
        "baselineShare" | "canaryShare" | "holdbackShare" | "anchorShare" | "uniformShare"
      >
    > {
  /** Path of `configuration.schema.json`, for editors. */
  readonly $schema?: string;
  /** Each is a loop of its own; a request that names none gets the first. */
  readonly scenarios: readonly ScenarioInput[];
  readonly learner?: LearnerInput | undefined;
  /** Who may send requests. */
  readonly server?: Defaulted<ServerConfiguration> | undefined;
  /** Where cycles are tracked. */
  readonly tracking?:
    | (Pick<TrackingConfiguration, "uri"> & Defaulted<Pick<TrackingConfiguration, "prefix">>)
    | undefined;
  /** Rows of people in the record: ids, consent, retention, privacy of trainings: docs/guides/privacy.md. */
  readonly privacy?: PrivacyInput | undefined;
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
