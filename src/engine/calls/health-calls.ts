import type { CycleOutcome } from "../../domain/cycle-outcome.ts";
import type { Arm } from "../../domain/decision.ts";
import type { PromotionMode } from "../../domain/policy-snapshot.ts";

/** State of the record's learners, in any process. */
export interface LearnerHealth {
  /** One has said within the last 5 minutes that it is up. */
  readonly up: boolean;
  /** Since one said so last; absent if none ever has. */
  readonly heartbeatAgeSeconds?: number;
  /** Since the newest cycle ended, in any scenario; absent before the first. */
  readonly lastCycleAgeSeconds?: number;
  /** Closed decisions that no cycle has learnt from, by scenario; at most 10,000 are counted. */
  readonly waitingDecisions: Readonly<Record<string, number>>;
}

/** Totals of the loop, for metrics. */
export interface LoopFigures {
  readonly cycles: readonly {
    readonly scenario: string;
    readonly outcome: CycleOutcome;
    readonly cycles: number;
    /** Since the newest of them ended. */
    readonly ageSeconds: number;
  }[];
  readonly rolledBack: readonly { readonly scenario: string; readonly policies: number }[];
  /** Mean reward of the newest 1,000 decisions whose reward window has closed. */
  readonly rewards: readonly {
    readonly scenario: string;
    readonly arm: Arm;
    readonly meanReward: number;
  }[];
  readonly databaseSizeBytes: number;
}

/** Policies in use that may have learnt from erased users, until the learner replaces them. */
export interface PendingErasure {
  /** Since the oldest of these erasures ended. */
  readonly ageSeconds: number;
  readonly erasures: number;
  readonly versions: readonly number[];
}

/** Versions, modes, problems and learner of the loop. No problems: the loop is well. */
export interface Health {
  /** Serving policy version by scenario. */
  readonly policyVersions: Readonly<Record<string, number>>;
  /** How promotions come about, by scenario. */
  readonly promotions: Readonly<Record<string, PromotionMode>>;
  readonly problems: readonly string[];
  readonly learner: LearnerHealth;
  /** By scenario; none where no policy has to be replaced. */
  readonly pendingErasures: Readonly<Record<string, PendingErasure>>;
}

/** State and totals of the loop. */
export interface HealthCalls {
  /** State of the loop: serving versions, modes, problems and learner. */
  health(): Promise<Health>;
  /** Totals of the loop, for metrics. */
  figures(): Promise<LoopFigures>;
}
