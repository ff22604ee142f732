import type { PoliciesResponse } from "./policies.ts";

/** State of server, loop and learner: `GET /health`. Ages are in seconds. */
export interface HealthResponse {
  /** `degraded`: requests are answered, but `problems` is not empty. */
  readonly status: "ok" | "degraded";
  readonly version: string;
  /** Serving policy version by scenario. */
  readonly policyVersions: Readonly<Record<string, number>>;
  /** How promotions come about, by scenario. */
  readonly promotions: Readonly<Record<string, PoliciesResponse["mode"]>>;
  readonly problems: readonly string[];
  /** State of the record's learners, in any process. */
  readonly learner: {
    /** One has said within the last 5 minutes that it is up. */
    readonly up: boolean;
    /** Since one said so last; absent if none ever has. */
    readonly heartbeatAgeSeconds?: number;
    /** Since the newest cycle ended, in any scenario; absent before the first. */
    readonly lastCycleAgeSeconds?: number;
    /** Closed decisions that no cycle has learnt from, by scenario; at most 10,000 are counted. */
    readonly waitingDecisions: Readonly<Record<string, number>>;
  };
  /** By scenario: policies in use that may have learnt from erased users, until they are replaced. */
  readonly pendingErasures: Readonly<
    Record<
      string,
      {
        /** Since the oldest of these erasures ended. */
        readonly ageSeconds: number;
        readonly erasures: number;
        readonly versions: readonly number[];
      }
    >
  >;
}

/** Sent with status 200; a server that is not ready answers with 503 and an error. */
export interface ReadyResponse {
  readonly status: "ready";
}
