import type { CandidateBody, JsonObject, SlateEntry } from "./api.ts";

/** The fast loop's part in a decision: what its draw follows from, besides record, snapshot and seed; see docs/methods/fast-loop.md. */
export interface FastLoopBody {
  readonly version: number;
  /** Event number of the newest decision that the loop had learnt from. */
  readonly through: number;
  readonly renewal: number;
  readonly forgetting: number;
  readonly temperature: number;
  readonly drawScale: number;
}

/** A decision as it was made, with the user's history as of that moment. */
export interface DecisionBody {
  readonly decisionId: string;
  readonly userId: string;
  readonly scenario: string;
  readonly arm: "serving" | "canary" | "holdback" | "baseline";
  readonly policyVersion: number;
  readonly seed: number;
  readonly asOf: number;
  readonly context: JsonObject;
  readonly candidates: readonly CandidateBody[];
  readonly slate: readonly SlateEntry[];
  readonly slatePropensity: number;
  readonly exploration: number;
  /** Absent where the policy answered alone. */
  readonly fastLoop?: FastLoopBody;
  readonly decidedAt: string;
  readonly expiresAt: string;
  /** By position: the reward so far, absent events as null. */
  readonly rewards: readonly (number | null)[];
  readonly profile: {
    readonly attributes: JsonObject;
    readonly history: readonly {
      readonly itemId: string;
      readonly type: string;
      readonly value: number;
      readonly occurredAt: string;
    }[];
  };
}
