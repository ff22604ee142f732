import type { AdsRule } from "./campaign.ts";
import type { Consent } from "./consent.ts";
import type { FastLoopSettings } from "./fast-loop.ts";
import type { GuardMetric } from "./guard-metric.ts";
import type { ScenarioRules, SeenRule } from "./rules.ts";
import type { SocialRule } from "./social.ts";
import type { SourcesRule } from "./sources.ts";

/** Rules for repeated events of one type on one position. */
export const repeatRules = ["last", "sum", "maximum"] as const;

/** Which of them count: an entry of `repeatRules`. `last` is by arrival, `maximum` by reward. */
export type RepeatRule = (typeof repeatRules)[number];

/** How a scenario turns events into reward: `weights[type]` × event value, summed over a position's event types. */
export interface RewardRule {
  readonly weights: Readonly<Record<string, number>>;
  /** An event counts if it occurred this long after its decision, or sooner. */
  readonly windowSeconds: number;
  /** The same of single event types, in the place of `windowSeconds`. */
  readonly windows?: Readonly<Record<string, number>>;
  /**
   * Time after the window in which such an event may still arrive; then the decision closes. Absent
   * in rules that were logged before there was one: 0.
   */
  readonly graceSeconds?: number;
  /** By event type. Default `last`. */
  readonly repeats?: Readonly<Record<string, RepeatRule>>;
  /**
   * Event type that says that an item was viewed. If there is one, a position without it and without
   * a reward is no refusal. It has no weight.
   */
  readonly viewedType?: string;
  /** Reward of a position for which no event came, in reward units. */
  readonly defaultReward: number;
  /** Bounds of a position's reward; others are clipped. The reward model works on this range. */
  readonly minimum: number;
  readonly maximum: number;
}

/** Default ε with a fast loop: its draws explore too, so less ε is needed. */
export const defaultExploration = (hasFastLoop: boolean): number => (hasFastLoop ? 0.005 : 0.03);

/** Default share of the users who get a canary policy while there is one. */
export const defaultCanaryShare = 0.1;

/**
 * Whether a position's reward depends on its item and position alone, or on the items above too, as where people stop after a find.
 * It decides how slates are judged: docs/methods/gate.md.
 */
export const slateRewards = ["position", "cascade"] as const;
export type SlateReward = (typeof slateRewards)[number];

/** One place in a product that shows slates: items of a shop, an ad slot, a feed. */
export interface Scenario {
  /** Lower case letters, digits and hyphens: its name in requests, policies and cycles. */
  readonly name: string;
  /** Items of a slate if the request has no `slateSize`, 1 to 50. */
  readonly slateSize: number;
  /** Items that the user has an event with are no candidates: all, or those that one of the rules leaves out. */
  readonly excludeSeen: boolean | readonly SeenRule[];
  /** Further rules about the items that may be shown; absent if there are none. */
  readonly rules?: ScenarioRules;
  /** Absent: edges between users have no effect. */
  readonly social?: SocialRule;
  /** Absent: no further sources of candidates. */
  readonly sources?: SourcesRule;
  /** ε of the exploration floor, in (0, 1]: each position mixes the policy with the uniform choice. */
  readonly exploration: number;
  /** ε of slates that are drawn with the fast loop, which explores already; absent: as of all others. */
  readonly loopExploration?: number;
  /** Candidates kept of a larger catalogue by retrieval. */
  readonly maxCandidates: number;
  /**
   * γ in [0, 1): weight of the rest of the session beside the decision's own reward; see
   * docs/methods/sessions.md.
   */
  readonly discount: number;
  /** Decisions of a user that are less apart belong to one session. */
  readonly sessionGapSeconds: number;
  readonly slateReward: SlateReward;
  /** Items are shown for campaigns, which pay for outcomes; absent if there are none. */
  readonly ads?: AdsRule;
  readonly reward: RewardRule;
  /** Outcomes that a promotion must not cost; absent if there are none. */
  readonly guards?: readonly GuardMetric[];
  readonly fastLoop: FastLoopSettings;
}

/** The configuration's rules for an answer: which users get the baseline, and which items may be shown. */
export interface ServingRule
  extends Pick<
    Scenario,
    | "ads"
    | "excludeSeen"
    | "exploration"
    | "loopExploration"
    | "maxCandidates"
    | "rules"
    | "social"
    | "sources"
  > {
  /** Share of the users who get the baseline. */
  readonly baselineShare: number;
  /** Share of the users whose slates are drawn uniformly. Absent in rules from before there were any. */
  readonly uniformShare?: number;
  /** Consents that users who have stated nothing do not give; absent: none. */
  readonly consent?: Consent;
}
